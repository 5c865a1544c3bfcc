package maia.lab.cells;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Where documentation comes from while typing: the sources of the SDK, from the checkout or from
/// sources jars beside the jars on the class path, and those of the JDK.
///
/// JShell itself looks at the JDK's sources only. It has one private place that says otherwise,
/// which opens with [#FLAG]; without the flag, or in a JDK without the place, the SDK's
/// documentation is missing and nothing else (decision 053).
public final class Sources {
  /// The JVM option that lets JShell know the SDK's sources, with its value.
  public static final List<String> FLAG =
      List.of("--add-opens", "jdk.jshell/jdk.jshell=ALL-UNNAMED");

  private Sources() {}

  /// Tells JShell; returns whether it listened.
  public static boolean show() {
    List<Path> sources = new ArrayList<>(ours());
    if (sources.isEmpty()) {
      return false;
    }
    try {
      Class<?> analysis = Class.forName("jdk.jshell.SourceCodeAnalysisImpl");
      Field override = analysis.getDeclaredField("availableSourcesOverride");
      override.setAccessible(true);
      sources.addAll(ofTheJdk());
      override.set(null, sources);
      return true;
    } catch (ReflectiveOperationException | RuntimeException notInThisJdk) {
      return false;
    }
  }

  /// Folders and jars with the sources of the SDK.
  static List<Path> ours() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return find(System.getProperty("maia.home", ""), path);
  }

  static List<Path> find(String home, String classPath) {
    TreeSet<Path> found = new TreeSet<>();
    try (Stream<Path> rooms = home.isBlank() ? Stream.empty() : list(Path.of(home, "sdk"))) {
      rooms
          .map(room -> room.resolve("src/main/java"))
          .filter(Files::isDirectory)
          .forEach(found::add);
    }
    for (String entry : classPath.split(File.pathSeparator)) {
      besides(entry).filter(Files::isRegularFile).findFirst().ifPresent(found::add);
    }
    return List.copyOf(found);
  }

  /// Where the sources of a jar of ours may lie: beside it, as in a Maven repository, or one folder
  /// down, as in a bundle.
  private static Stream<Path> besides(String entry) {
    Path jar = Path.of(entry);
    String name = String.valueOf(jar.getFileName());
    if (!name.startsWith("maia4j") || !name.endsWith(".jar")) {
      return Stream.empty();
    }
    String sources = name.substring(0, name.length() - ".jar".length()) + "-sources.jar";
    return Stream.of(jar.resolveSibling(sources), jar.resolveSibling("sources").resolve(sources));
  }

  @SuppressWarnings("StreamResourceLeak") // whoever asks closes it
  private static Stream<Path> list(Path folder) {
    try {
      return Files.isDirectory(folder) ? Files.list(folder) : Stream.empty();
    } catch (IOException unreadable) {
      return Stream.empty();
    }
  }

  /// One folder for each module in the JDK's `src.zip`; the file stays open while JShell reads it.
  private static List<Path> ofTheJdk() {
    Path zip = Path.of(System.getProperty("java.home"), "lib", "src.zip");
    if (!Files.isReadable(zip)) {
      return List.of();
    }
    List<Path> modules = new ArrayList<>();
    try {
      FileSystem files = FileSystems.newFileSystem(zip);
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(files.getPath("/"))) {
        folders.forEach(modules::add);
      }
    } catch (IOException unreadable) {
      return List.of();
    }
    return modules;
  }
}
