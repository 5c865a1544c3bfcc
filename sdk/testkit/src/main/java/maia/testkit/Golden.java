package maia.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Comparison of a text with a golden file.
public final class Golden {
  private Golden() {}

  /// Fails with an [AssertionError] that shows the first line that differs, unless `actual` equals
  /// the content of `file`. Line ends and white space at the end of the text do not count. With the
  /// system property `golden.write=true` the file is written instead.
  public static void check(Path file, String actual) {
    try {
      if (Boolean.getBoolean("golden.write")) {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, actual.stripTrailing() + "\n");
        return;
      }
      if (!Files.exists(file)) {
        throw new AssertionError(
            "no golden file %s; run the test with -Dgolden.write=true to write it".formatted(file));
      }
      compare(file, Files.readString(file), actual);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use golden file " + file, e);
    }
  }

  private static void compare(Path file, String expected, String actual) {
    List<String> want = expected.stripTrailing().lines().toList();
    List<String> have = actual.stripTrailing().lines().toList();
    for (int i = 0; i < Math.max(want.size(), have.size()); i++) {
      String wanted = i < want.size() ? want.get(i) : "<end>";
      String got = i < have.size() ? have.get(i) : "<end>";
      if (!wanted.equals(got)) {
        throw new AssertionError(
            "%s line %d differs%n  golden: %s%n  now:    %s%nwhole text:%n%s"
                .formatted(file, i + 1, wanted, got, actual));
      }
    }
  }
}
