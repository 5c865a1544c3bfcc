package maia.lab.jupyter;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.lab.cells.Sources;

/// Registers the kernel with Jupyter for this user, for the JVM and class path that run now. Needs
/// neither Python nor the `jupyter` command.
public final class KernelInstall {
  /// The name notebooks store.
  public static final String NAME = "maia4j";

  private KernelInstall() {}

  /// Writes `kernel.json` below `dataDirectory` and returns the file.
  public static Path install(Path dataDirectory) {
    Path file = file(dataDirectory);
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, json());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write " + file + "; set JUPYTER_DATA_DIR to a folder you own", e);
    }
  }

  /// Where [#install] writes.
  public static Path file(Path dataDirectory) {
    return dataDirectory.resolve("kernels").resolve(NAME).resolve("kernel.json");
  }

  /// The per-user data folder as Jupyter computes it.
  public static Path userDirectory(Map<String, String> environment) {
    String set = environment.getOrDefault("JUPYTER_DATA_DIR", "");
    if (!set.isBlank()) {
      return Path.of(set);
    }
    // Jupyter's "~" is $HOME, which user.home ignores
    String home = environment.getOrDefault("HOME", "");
    if (home.isBlank()) {
      home = System.getProperty("user.home");
    }
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (system.startsWith("mac")) {
      return Path.of(home, "Library", "Jupyter");
    }
    if (system.startsWith("win")) {
      return Path.of(environment.getOrDefault("APPDATA", home), "jupyter");
    }
    String data = environment.getOrDefault("XDG_DATA_HOME", "");
    return data.isBlank() ? Path.of(home, ".local", "share", "jupyter") : Path.of(data, "jupyter");
  }

  /// The content of `kernel.json`: an absolute path to this JVM, because the `java` on the path is
  /// often older, and an absolute class path.
  static String json() {
    JsonArray argv = new JsonArray();
    command().forEach(argv::add);
    JsonObject json = new JsonObject();
    json.add("argv", argv);
    json.addProperty("display_name", "Maia4J (Java " + Runtime.version().feature() + ")");
    json.addProperty("language", "java");
    json.addProperty("interrupt_mode", "message");
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }

  private static List<String> command() {
    boolean windows = File.separatorChar == '\\';
    List<String> command = new ArrayList<>();
    command.add(
        Path.of(System.getProperty("java.home"), "bin", windows ? "java.exe" : "java").toString());
    command.add("-ea"); // notebooks check themselves with assert
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("jdk.incubator.")) {
        command.addAll(List.of("--add-modules", module.getName()));
      }
    }
    command.addAll(Sources.FLAG);
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djava.awt.headless=true",
            "-Dmaia.home=" + System.getProperty("maia.home", ""),
            "-cp",
            absolute(System.getProperty("java.class.path")),
            MaiaKernel.class.getName(),
            "{connection_file}"));
    return command;
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Path.of(entry).toAbsolutePath().normalize().toString());
    }
    return String.join(File.pathSeparator, entries);
  }
}
