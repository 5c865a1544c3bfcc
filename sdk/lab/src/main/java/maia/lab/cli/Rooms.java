package maia.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The rooms of a checkout, as folders of sources.
final class Rooms {
  private static final Pattern EXPORT = Pattern.compile("(?m)^\\s*exports ([\\w.]+)\\s*;");
  private static final List<String> NOT_FOR_USERS = List.of("testkit", "verify", "bench");

  private final Path sdk;

  private Rooms(Path sdk) {
    this.sdk = sdk;
  }

  /// The rooms below `home`.
  static Rooms of(Path home, String command) {
    Path sdk = home.resolve("sdk");
    if (!Files.isDirectory(sdk.resolve("lab/src/main/java"))) {
      throw new UsageException(
          "%s needs the sources: %s is no checkout of Maia4J".formatted(command, home));
    }
    return new Rooms(sdk);
  }

  /// The source folder of each room that users see, by name.
  List<Path> sources() throws IOException {
    try (Stream<Path> rooms = Files.list(sdk)) {
      return rooms
          .filter(room -> !NOT_FOR_USERS.contains(room.getFileName().toString()))
          .map(room -> room.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    }
  }

  /// The files of every package that users may import: those that a room exports, all of a room
  /// without a module descriptor.
  List<Path> exportedFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path source : sources()) {
      Path descriptor = source.resolve("module-info.java");
      if (Files.exists(descriptor)) {
        Matcher export = EXPORT.matcher(Files.readString(descriptor));
        while (export.find()) {
          javaFiles(source.resolve(export.group(1).replace('.', '/')), 1, files);
        }
      } else {
        javaFiles(source, Integer.MAX_VALUE, files);
      }
    }
    return files;
  }

  private static void javaFiles(Path folder, int depth, List<Path> to) throws IOException {
    try (Stream<Path> found = Files.walk(folder, depth)) {
      found.filter(file -> file.toString().endsWith(".java")).sorted().forEach(to::add);
    }
  }
}
