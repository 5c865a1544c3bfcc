package maia.lab.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import maia.base.Check;

/// `./maia bundle FILE.zip`: everything a class without a network needs besides a JDK: the
/// libraries, the launcher, notebooks, examples, sources for documentation while typing, and the
/// web pages of `./maia docs` if they were made. Two runs give the same bytes.
final class Bundle {
  /// Where the launcher sees that it stands in a bundle.
  static final String MARK = "lib/maia4j.bundle";

  private static final List<String> FOLDERS = List.of("notebooks", "examples");
  private static final List<String> FILES =
      List.of(
          "maia", "maia.cmd", ".mvn/find-jdk.sh", "README.md", "LICENSE", "NOTICE", "CITATION.cff");
  private static final Set<String> PROGRAMS = Set.of("maia", ".mvn/find-jdk.sh");
  private static final Set<String> LEFT_OUT = Set.of(".ipynb_checkpoints", "target");

  /// The same for every entry, so that the bytes depend on the contents alone.
  private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));

  private static final LocalDateTime JAR_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

  /// What lies at a path of the bundle.
  private sealed interface Content {
    /// A file of this machine.
    record Copy(Path file) implements Content {}

    /// A folder of this machine as a jar.
    record Jar(Path folder) implements Content {}

    /// A text.
    record Text(String text) implements Content {}
  }

  private final Path home;
  private final String version;
  private final TreeMap<String, Content> entries = new TreeMap<>();

  private Bundle(Path home, String version) {
    this.home = home;
    this.version = version;
  }

  static int run(List<String> arguments) throws IOException {
    if (arguments.size() != 1 || !arguments.getFirst().endsWith(".zip")) {
      throw new UsageException("bundle needs the file to write: ./maia bundle FILE.zip");
    }
    Path file = Path.of(arguments.getFirst());
    if (Files.exists(file)) {
      throw new UsageException("bundle: %s is there already; nothing was written".formatted(file));
    }
    Path home = Path.of(System.getProperty("maia.home", "."));
    write(home, System.getProperty("java.class.path"), file);
    System.out.printf(
        Locale.ROOT,
        "%s, %,d MiB: unpack it where a JDK 25 is installed, then ./maia quickstart%n",
        file,
        Files.size(file) >> 20);
    return 0;
  }

  /// Writes the bundle of the checkout `home`; `classPath` is that of the launcher.
  static void write(Path home, String classPath, Path file) throws IOException {
    Rooms rooms = Rooms.of(home, "bundle");
    Bundle bundle = new Bundle(home, NewProject.version(home));
    bundle.libraries(classPath);
    bundle.sources(rooms.sources());
    for (String name : FILES) {
      bundle.entries.put(name, new Content.Copy(home.resolve(name)));
    }
    for (String folder : FOLDERS) {
      bundle.folder(folder, home.resolve(folder));
    }
    bundle.folder("docs", home.resolve("target/docs"));
    bundle.write(file);
  }

  private void libraries(String classPath) {
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) { // the room that is not in the libraries: this one
        entries.put("lib/maia4j-lab-" + version + ".jar", new Content.Jar(path));
      } else if (Files.exists(path)) {
        entries.put("lib/" + path.getFileName(), new Content.Copy(path));
      }
    }
    entries.put(MARK, new Content.Text(version + "\n"));
    entries.put(
        "lib/help.txt",
        new Content.Copy(home.resolve("sdk/lab/src/main/resources/maia/lab/cli/help.txt")));
  }

  private void sources(List<Path> sources) {
    for (Path source : sources) {
      String room = String.valueOf(home.resolve("sdk").relativize(source).getName(0));
      entries.put(
          "lib/sources/maia4j-%s-%s-sources.jar".formatted(room, version), new Content.Jar(source));
    }
  }

  private void folder(String name, Path folder) throws IOException {
    for (Path file : files(folder)) {
      entries.put(
          name + "/" + folder.relativize(file).toString().replace('\\', '/'),
          new Content.Copy(file));
    }
  }

  private void write(Path file) throws IOException {
    Path draft = file.toAbsolutePath().resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(draft);
    Map<String, Object> options = Map.of("create", "true", "enablePosixFileAttributes", true);
    try (FileSystem zip = FileSystems.newFileSystem(draft, options)) {
      Path top = zip.getPath("/maia4j-" + version);
      for (var entry : entries.entrySet()) {
        Path to = top.resolve(entry.getKey());
        createFolders(Check.present(to.getParent(), "Bundle", "folder"));
        try (OutputStream out = Files.newOutputStream(to)) {
          copy(entry.getValue(), out);
        }
        Files.setPosixFilePermissions(
            to,
            PosixFilePermissions.fromString(
                PROGRAMS.contains(entry.getKey()) ? "rwxr-xr-x" : "rw-r--r--"));
        date(to);
      }
    }
    Files.move(draft, file);
  }

  /// Folders have a time as well.
  private static void createFolders(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent == null || Files.exists(folder)) {
      return;
    }
    createFolders(parent);
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    date(folder);
  }

  private static void date(Path path) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(TIME, TIME, TIME);
  }

  private static void copy(Content content, OutputStream to) throws IOException {
    switch (content) {
      case Content.Copy(Path from) -> Files.copy(from, to);
      case Content.Jar(Path folder) -> jar(folder, to);
      case Content.Text(String text) -> to.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void jar(Path folder, OutputStream to) throws IOException {
    ZipOutputStream jar = new ZipOutputStream(to);
    for (Path file : files(folder)) {
      ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
      entry.setTimeLocal(JAR_TIME);
      jar.putNextEntry(entry);
      Files.copy(file, jar);
      jar.closeEntry();
    }
    jar.finish();
  }

  /// The files below a folder in the order of their names; none without the folder.
  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file ->
              Stream.of(folder.relativize(file).toString().split("[/\\\\]"))
                  .noneMatch(LEFT_OUT::contains))
          .sorted()
          .toList();
    }
  }
}
