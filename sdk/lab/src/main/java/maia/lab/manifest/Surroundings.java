package maia.lab.manifest;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.machine.Chip;
import maia.machine.Machine;

/// What a run stands on: chips, versions, machine.
final class Surroundings {
  private static final Pattern JAR = Pattern.compile("maia4j-base-(.+)\\.jar");

  private Surroundings() {}

  static SequencedMap<String, String> chips() {
    SequencedMap<String, String> chips = new LinkedHashMap<>();
    try {
      Path file = Files.createTempFile("chip", ".json");
      try {
        for (Machine chip : Chip.all()) {
          Chip.save(chip, file);
          chips.put(chip.name(), Digest.of(file));
        }
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("manifest: a temporary file cannot be written", e);
    }
    return chips;
  }

  static SequencedMap<String, String> versions() {
    SequencedMap<String, String> versions = new LinkedHashMap<>();
    String version = "unknown";
    StringBuilder code = new StringBuilder();
    for (String entry : classPath().split(File.pathSeparator)) {
      Path path = Path.of(entry);
      String name = String.valueOf(path.getFileName());
      Matcher base = JAR.matcher(name);
      if (base.matches()) {
        version = base.group(1);
      }
      boolean isOurs = name.startsWith("maia4j") || Files.isDirectory(path.resolve("maia"));
      if (isOurs && Files.exists(path)) {
        code.append(Digest.of(path)).append('\n');
      }
    }
    versions.put("maia4j", version);
    versions.put("code", Digest.of(code.toString()));
    versions.put("java", Runtime.version().toString());
    return versions;
  }

  static SequencedMap<String, String> environment() {
    SequencedMap<String, String> environment = new LinkedHashMap<>();
    environment.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    environment.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    environment.put("vector module", vector ? "loaded" : "not loaded");
    return environment;
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
