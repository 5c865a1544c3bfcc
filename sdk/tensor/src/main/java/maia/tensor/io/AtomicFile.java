package maia.tensor.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes files so that a reader sees either the old one or the complete new one.
final class AtomicFile {
  private AtomicFile() {}

  /// Writes a file from nothing.
  @FunctionalInterface
  interface Writer {
    void to(Path file) throws IOException;
  }

  /// Writes beside `file`, then puts the result in its place. Folders are made where they lack.
  static void write(String format, Path file, Writer writer) {
    Path target = file.toAbsolutePath();
    Path part =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.createDirectories(target.getParent());
      try {
        writer.to(part);
        Files.move(
            part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(format + ": cannot write " + file, e);
    }
  }
}
