package maia.base;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// The name a user may have meant.
public final class Nearest {
  private Nearest() {}

  /// The one of `known` that differs least from `name`, when it differs in no more than a third of
  /// its letters or has `name` in it; of equals, the first.
  public static Optional<String> to(String name, Iterable<String> known) {
    String asked = name.toLowerCase(Locale.ROOT);
    Comparator<String> closer =
        Comparator.comparingInt(k -> distance(asked, k.toLowerCase(Locale.ROOT)));
    return StreamSupport.stream(known.spliterator(), false)
        .filter(k -> isClose(asked, k.toLowerCase(Locale.ROOT)))
        .min(closer);
  }

  /// `; did you mean 'KNOWN'?` to end a refusal with, or nothing when none is near.
  public static String hint(String name, Iterable<String> known) {
    return to(name, known).map("; did you mean '%s'?"::formatted).orElse("");
  }

  private static boolean isClose(String asked, String known) {
    int allowed = Math.max(2, Math.max(asked.length(), known.length()) / 3);
    boolean part = asked.length() > 2 && (known.contains(asked) || asked.contains(known));
    return part || distance(asked, known) <= allowed;
  }

  /// Letters to insert, remove or replace.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
