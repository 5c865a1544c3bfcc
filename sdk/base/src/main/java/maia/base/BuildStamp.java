package maia.base;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.CodeSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Tells one build of the SDK from another without a version to keep up to date: the files that
/// classes were loaded from, with sizes and times of change.
public final class BuildStamp {
  private BuildStamp() {}

  /// A line that differs when one of the jars or class folders behind `anchors` was built anew;
  /// empty when that cannot be told, and then nothing may be kept between processes.
  public static Optional<String> of(Class<?>... anchors) {
    TreeSet<Path> sources = new TreeSet<>();
    for (Class<?> anchor : anchors) {
      CodeSource source = anchor.getProtectionDomain().getCodeSource();
      if (source == null || source.getLocation() == null) {
        return Optional.empty();
      }
      try {
        sources.add(Path.of(source.getLocation().toURI()));
      } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
        return Optional.empty();
      }
    }
    StringBuilder stamp = new StringBuilder();
    try {
      for (Path source : sources) {
        stamp.append(stamp.isEmpty() ? "" : "; ").append(describe(source));
      }
    } catch (IOException unreadable) {
      return Optional.empty();
    }
    return Optional.of(stamp.toString());
  }

  private static String describe(Path source) throws IOException {
    List<BasicFileAttributes> files;
    try (Stream<Path> all = Files.walk(source)) {
      files = all.filter(Files::isRegularFile).map(BuildStamp::attributes).toList();
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
    long bytes = files.stream().mapToLong(BasicFileAttributes::size).sum();
    String newest =
        files.stream()
            .map(BasicFileAttributes::lastModifiedTime)
            .max(Comparator.naturalOrder())
            .map(Object::toString)
            .orElse("never");
    return "%s: %d files, %d bytes, %s".formatted(source, files.size(), bytes, newest);
  }

  private static BasicFileAttributes attributes(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
