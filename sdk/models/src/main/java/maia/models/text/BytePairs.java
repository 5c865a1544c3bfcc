package maia.models.text;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import maia.base.Check;
import maia.base.Stop;

/// Byte-pair encoding: a word starts as characters, and the pair of neighbours with the earliest
/// merge, the leftmost of equals, becomes one token until no pair has a merge.
final class BytePairs implements Vocabulary {
  private static final int NONE = -1;

  private final Map<String, Integer> tokens;
  private final Map<Long, Merge> merges;
  private final Options options;

  /// What differs between families.
  ///
  /// @param byteFallback whether a character that is no token becomes its UTF-8 bytes, `<0x00>` to
  ///   `<0xFF>`
  /// @param unknown the token of a character that is not there
  /// @param fuseUnknown whether neighbouring unknown characters are one token
  /// @param wordsFirst whether a word that is a token needs no merges
  record Options(
      boolean byteFallback, OptionalInt unknown, boolean fuseUnknown, boolean wordsFirst) {}

  /// A merge.
  ///
  /// @param rank its place in the list
  /// @param token what it makes
  record Merge(int rank, int token) {}

  /// A pair that may be merged.
  private record Candidate(int rank, int left, int leftToken, int rightToken, int token)
      implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return rank != other.rank
          ? Integer.compare(rank, other.rank)
          : Integer.compare(left, other.left);
    }
  }

  BytePairs(Map<String, Integer> tokens, Map<Long, Merge> merges, Options options) {
    this.tokens = Map.copyOf(tokens);
    this.merges = Map.copyOf(merges);
    this.options = options;
  }

  /// The key of a pair of tokens.
  static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  @Override
  public Map<String, Integer> tokens() {
    return tokens;
  }

  @Override
  public void encode(String word, IntList out) {
    Integer whole = options.wordsFirst() ? tokens.get(word) : null;
    if (whole != null) {
      out.add(whole);
      return;
    }
    merge(characters(word).toArray(), out);
  }

  private IntList characters(String word) {
    IntList symbols = new IntList();
    boolean wasUnknown = false;
    for (int at = 0; at < word.length(); ) {
      int next = word.offsetByCodePoints(at, 1);
      String character = word.substring(at, next);
      at = next;
      Integer token = tokens.get(character);
      if (token != null) {
        symbols.add(token);
        wasUnknown = false;
      } else if (!bytes(character, symbols)) {
        Check.argument(
            options.unknown().isPresent(),
            "tokenizer: the character '%s' (U+%04X) is not in the vocabulary, which has neither bytes"
                + " nor a token for unknown characters",
            character,
            character.codePointAt(0));
        if (!wasUnknown || !options.fuseUnknown()) {
          symbols.add(options.unknown().getAsInt());
        }
        wasUnknown = true;
      } else {
        wasUnknown = false;
      }
    }
    return symbols;
  }

  private boolean bytes(String character, IntList symbols) {
    if (!options.byteFallback()) {
      return false;
    }
    byte[] bytes = character.getBytes(StandardCharsets.UTF_8);
    int[] found = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      Integer token = tokens.get(Detokeniser.byteToken(bytes[i]));
      if (token == null) {
        return false;
      }
      found[i] = token;
    }
    for (int token : found) {
      symbols.add(token);
    }
    return true;
  }

  /// Merges `symbols` as a linked list; a candidate whose pair is gone is passed over.
  private void merge(int[] symbols, IntList out) {
    int[] next = new int[symbols.length];
    int[] previous = new int[symbols.length];
    PriorityQueue<Candidate> candidates = new PriorityQueue<>();
    for (int i = 0; i < symbols.length; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < symbols.length ? i + 1 : NONE;
      offer(symbols, i, next[i], candidates);
    }
    while (!candidates.isEmpty()) {
      Stop.poll("tokenizer");
      Candidate best = candidates.remove();
      int left = best.left();
      int right = symbols[left] == best.leftToken() ? next[left] : NONE;
      if (right == NONE || symbols[right] != best.rightToken()) {
        continue;
      }
      symbols[left] = best.token();
      symbols[right] = NONE;
      next[left] = next[right];
      if (next[right] != NONE) {
        previous[next[right]] = left;
      }
      offer(symbols, left, next[left], candidates);
      offer(symbols, previous[left], left, candidates);
    }
    for (int at = symbols.length == 0 ? NONE : 0; at != NONE; at = next[at]) {
      out.add(symbols[at]);
    }
  }

  private void offer(int[] symbols, int left, int right, PriorityQueue<Candidate> candidates) {
    if (left == NONE || right == NONE) {
      return;
    }
    Merge merge = merges.get(pair(symbols[left], symbols[right]));
    if (merge != null) {
      candidates.add(
          new Candidate(merge.rank(), left, symbols[left], symbols[right], merge.token()));
    }
  }
}
