package maia.lab.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import maia.lab.manifest.Digest;
import maia.lab.manifest.Manifest;

/// Runs a command and notes what it printed and wrote: `--manifest FILE` of `cost`, `generate`,
/// `quickstart` and `run`.
final class Recorder {
  /// The option that asks for a manifest.
  static final String OPTION = "--manifest";

  /// The commands that can be run again.
  static final List<String> COMMANDS = List.of("cost", "generate", "quickstart", "run");

  private static final String SEED = "--seed";
  private static final String OUT = "--out";

  /// Stands for the folder of the outputs in what was printed.
  private static final String FOLDER = "{out}";

  /// An exit code, and the digests of what came out.
  record Outcome(int code, SequencedMap<String, String> outputs) {}

  private Recorder() {}

  /// Runs a command whose words contain [#OPTION], and writes the manifest if it worked.
  static int run(String name, Command.Action action, List<String> words) throws Exception {
    int at = words.indexOf(OPTION);
    if (!COMMANDS.contains(name)) {
      throw new UsageException(
          "%s takes no %s; %s do".formatted(name, OPTION, String.join(", ", COMMANDS)));
    }
    if (at + 1 == words.size()) {
      throw new UsageException(OPTION + " needs the file to write");
    }
    Path file = Path.of(words.get(at + 1));
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(file)) {
      throw new UsageException("%s: '%s' cannot be written".formatted(OPTION, file));
    }
    List<String> arguments = new ArrayList<>(words);
    arguments.subList(at, at + 2).clear();
    if (arguments.contains("--write")) {
      throw new UsageException(OPTION + " does not go with --write, which changes its own input");
    }
    SequencedMap<String, String> inputs = inputs(arguments);
    Outcome outcome = watch(name, action, arguments, true);
    if (outcome.code() != 0) {
      System.err.println("maia: the command failed; no manifest was written");
      return outcome.code();
    }
    Manifest.of(name, arguments, inputs, seeds(arguments), outcome.outputs()).write(file);
    System.err.println("manifest: " + file + "; ./maia rerun " + file + " runs it again");
    return 0;
  }

  /// Runs a command and takes the digests of what it printed and of the files it wrote into its
  /// folder; what it prints is passed on if it is to be shown.
  static Outcome watch(String name, Command.Action action, List<String> arguments, boolean isShown)
      throws Exception {
    Optional<Path> folder = folder(name, arguments);
    Map<Path, FileTime> before = times(folder);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(
        new PrintStream(isShown ? new Tee(printed, out) : printed, true, StandardCharsets.UTF_8));
    int code;
    try {
      code = action.run(arguments);
    } finally {
      System.out.flush();
      System.setOut(out);
    }
    String text = printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    SequencedMap<String, String> outputs = new LinkedHashMap<>();
    outputs.put(
        Manifest.PRINTED,
        Digest.of(folder.isEmpty() ? text : text.replace(folder.get().toString(), FOLDER)));
    Map<Path, FileTime> after = times(folder);
    for (var written : new TreeMap<>(after).entrySet()) {
      Path file = written.getKey();
      if (!written.getValue().equals(before.get(file))) {
        outputs.put(String.valueOf(file.getFileName()), Digest.of(file));
      }
    }
    return new Outcome(code, outputs);
  }

  /// The same words with another folder for the outputs.
  static List<String> into(Path folder, String name, List<String> arguments) {
    if (folder(name, arguments).isEmpty()) {
      return arguments;
    }
    List<String> words = new ArrayList<>(arguments);
    int at = words.indexOf(OUT);
    if (at >= 0) {
      words.set(at + 1, folder.toString());
    } else {
      words.addAll(List.of(OUT, folder.toString()));
    }
    return words;
  }

  /// The digests of the files and folders that words name.
  static SequencedMap<String, String> inputs(List<String> arguments) {
    SequencedMap<String, String> inputs = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String word = arguments.get(i);
      boolean isOutput = i > 0 && arguments.get(i - 1).equals(OUT);
      if (!isOutput && !word.isBlank() && word.length() < 4096 && exists(word)) {
        inputs.put(word, Digest.of(Path.of(word)));
      }
    }
    return inputs;
  }

  private static boolean exists(String word) {
    try {
      return Files.exists(Path.of(word));
    } catch (InvalidPathException noPath) {
      return false;
    }
  }

  private static SequencedMap<String, String> seeds(List<String> arguments) {
    SequencedMap<String, String> seeds = new LinkedHashMap<>();
    int at = arguments.indexOf(SEED);
    if (at >= 0 && at + 1 < arguments.size()) {
      seeds.put(SEED, arguments.get(at + 1));
    }
    return seeds;
  }

  private static Optional<Path> folder(String name, List<String> arguments) {
    int at = arguments.indexOf(OUT);
    if (at >= 0 && at + 1 < arguments.size()) {
      return Optional.of(Path.of(arguments.get(at + 1)));
    }
    return name.equals("quickstart") ? Optional.of(Path.of("out")) : Optional.empty();
  }

  private static Map<Path, FileTime> times(Optional<Path> folder) throws IOException {
    Map<Path, FileTime> times = new HashMap<>();
    if (folder.isPresent() && Files.isDirectory(folder.get())) {
      try (Stream<Path> files = Files.list(folder.get())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          times.put(file, Files.getLastModifiedTime(file));
        }
      }
    }
    return times;
  }

  private static final class Tee extends OutputStream {
    private final OutputStream one;
    private final OutputStream other;

    Tee(OutputStream one, OutputStream other) {
      this.one = one;
      this.other = other;
    }

    @Override
    public void write(int value) throws IOException {
      one.write(value);
      other.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      one.write(bytes, offset, count);
      other.write(bytes, offset, count);
    }

    @Override
    public void flush() throws IOException {
      other.flush();
    }
  }
}
