package maia.models.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tokens that are looked for in the text before it is cut: at every place the longest.
final class AddedTokens {
  private final List<Added> all;
  private final Map<Character, List<Added>> byFirst = new HashMap<>();
  private final Map<Integer, Added> byToken = new HashMap<>();

  /// A token and how it is found.
  ///
  /// @param token its number
  /// @param text what it looks like
  /// @param special whether it stands for no text, such as the end of a turn
  /// @param wholeWord whether it must not touch letters or digits
  /// @param takesLeft whether it takes the white space before it
  /// @param takesRight whether it takes the white space after it
  record Added(
      int token,
      String text,
      boolean special,
      boolean wholeWord,
      boolean takesLeft,
      boolean takesRight) {}

  /// A part of a text: an added token, or text between them.
  ///
  /// @param text the text, empty for a token
  /// @param added the token
  record Part(String text, Optional<Added> added) {}

  AddedTokens(List<Added> all) {
    this.all = List.copyOf(all);
    for (Added added : this.all) {
      byToken.put(added.token(), added);
      byFirst.computeIfAbsent(added.text().charAt(0), _ -> new ArrayList<>()).add(added);
    }
    byFirst
        .values()
        .forEach(list ->
            list.sort(Comparator.comparingInt((Added added) -> added.text().length()).reversed()));
  }

  List<Added> all() {
    return all;
  }

  /// The added token with this number.
  Optional<Added> of(int token) {
    return Optional.ofNullable(byToken.get(token));
  }

  /// The added token with this text.
  Optional<Added> of(String text) {
    return all.stream().filter(added -> added.text().equals(text)).findFirst();
  }

  /// `text` cut at added tokens; with `specials` false those that are special stay text.
  List<Part> cut(String text, boolean specials) {
    List<Part> parts = new ArrayList<>();
    int open = 0;
    int at = 0;
    while (at < text.length()) {
      Optional<Added> found = at(text, at, specials);
      if (found.isEmpty()) {
        at++;
        continue;
      }
      int end = at + found.get().text().length();
      int from = at;
      while (found.get().takesLeft() && from > open && isSpace(text, from - 1)) {
        from--;
      }
      while (found.get().takesRight() && end < text.length() && isSpace(text, end)) {
        end++;
      }
      if (from > open) {
        parts.add(new Part(text.substring(open, from), Optional.empty()));
      }
      parts.add(new Part("", found));
      open = end;
      at = end;
    }
    if (open < text.length()) {
      parts.add(new Part(text.substring(open), Optional.empty()));
    }
    return parts;
  }

  /// Unicode's white space, which holds spaces that do not break.
  private static boolean isSpace(String text, int index) {
    char c = text.charAt(index);
    return c >= '\t' && c <= '\r' || c == '\u0085' || Character.isSpaceChar(c);
  }

  private Optional<Added> at(String text, int at, boolean specials) {
    for (Added added : byFirst.getOrDefault(text.charAt(at), List.of())) {
      boolean wanted = specials || !added.special();
      if (wanted && text.startsWith(added.text(), at) && stands(added, text, at)) {
        return Optional.of(added);
      }
    }
    return Optional.empty();
  }

  private static boolean stands(Added added, String text, int at) {
    int end = at + added.text().length();
    return !added.wholeWord()
        || (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1)))
            && (end == text.length() || !Character.isLetterOrDigit(text.charAt(end)));
  }
}
