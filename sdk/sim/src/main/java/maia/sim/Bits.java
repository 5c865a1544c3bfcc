package maia.sim;

/// A set of element numbers with fast ranges.
final class Bits {
  private static final int WORD = 64;

  private final long[] words;
  private final int size;

  Bits(int size) {
    this.size = size;
    this.words = new long[Math.ceilDiv(size, WORD)];
  }

  void set(int from, int to) {
    if (from >= to) {
      return;
    }
    int first = from / WORD;
    int last = (to - 1) / WORD;
    long head = -1L << from;
    long tail = -1L >>> -to;
    if (first == last) {
      words[first] |= head & tail;
      return;
    }
    words[first] |= head;
    java.util.Arrays.fill(words, first + 1, last, -1L);
    words[last] |= tail;
  }

  void clear() {
    java.util.Arrays.fill(words, 0);
  }

  /// The first element of `from..to` that is not in the set, or -1.
  int firstMissing(int from, int to) {
    for (int at = from; at < to; ) {
      long missing = ~words[at / WORD] >>> (at % WORD);
      if (missing == 0) {
        at = (at / WORD + 1) * WORD;
      } else {
        int found = at + Long.numberOfTrailingZeros(missing);
        return found < to ? found : -1;
      }
    }
    return -1;
  }

  /// How many elements are in the set.
  int count() {
    int count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
    return count;
  }

  int size() {
    return size;
  }
}
