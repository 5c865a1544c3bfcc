package maia.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// Prints the cases of [PeerTable] with every contender in a process of its own, by the wall clock.
/// Threads of one library that keep spinning after a call, and what one contender leaves in the
/// caches, do not slow down another then; a drift of the machine between processes does.
///
/// Arguments: the number of threads, then parts of case names to keep. A process takes `warm` and
/// `rounds` from the system properties of this one.
public final class AloneTable {
  private static final String ONE = "one";
  private static final String FOUND = "median ";

  private final int threads;

  private AloneTable(int threads) {
    this.threads = threads;
  }

  /// Runs the table; `one THREADS PEER CASE` runs one contender.
  public static void main(String[] args) {
    if (args.length == 4 && args[0].equals(ONE)) {
      one(Integer.parseInt(args[1]), args[2], args[3]);
    } else {
      int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
      List<String> filters = List.of(args).subList(Math.min(1, args.length), args.length);
      new AloneTable(threads).run(filters);
    }
  }

  private static void one(int threads, String name, String which) {
    System.setProperty("maia.threads", Integer.toString(threads));
    Peers peers = Peers.load(threads, List.of(name));
    for (Case line : new Cases(peers).all()) {
      if (line.name().equals(which)) {
        line.contenders().get().stream()
            .filter(contender -> contender.name().equals(name))
            .findFirst()
            .ifPresent(contender -> {
              double nanos = Interleaved.wall().run(List.of(contender)).nanos()[0];
              System.out.println(FOUND + nanos);
            });
      }
    }
  }

  private void run(List<String> filters) {
    System.out.println(Machine.text());
    System.out.printf("threads %d, wall clock, one process per contender%n", threads);
    System.out.printf("| case | maia us | %s |%n", String.join(" | ", Peers.NAMES));
    System.out.println("| --- | --- | --- | --- | --- | --- |");
    for (Case line : new Cases(Peers.load(threads, List.of())).all()) {
      if (filters.isEmpty() || filters.stream().anyMatch(line.name()::contains)) {
        line(line.name());
      }
    }
  }

  private void line(String name) {
    double ours =
        measure("maia", name)
            .orElseThrow(() -> new IllegalStateException("no figure for '" + name + "'"));
    StringBuilder row = new StringBuilder("| %s | %.0f |".formatted(name, ours / 1e3));
    for (String peer : Peers.NAMES) {
      OptionalDouble nanos = measure(peer, name);
      row.append(
          nanos.isPresent()
              ? String.format(Locale.ROOT, " %.2f |", nanos.getAsDouble() / ours)
              : " - |");
    }
    System.out.println(row);
  }

  private OptionalDouble measure(String contender, String name) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String property : List.of("warm", "rounds")) {
      String value = System.getProperty(property);
      if (value != null) {
        command.add("-D" + property + "=" + value);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(AloneTable.class.getName(), ONE, Integer.toString(threads)));
    command.addAll(List.of(contender, name));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
    try {
      Process process = builder.start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> line.startsWith(FOUND))
          .mapToDouble(line -> Double.parseDouble(line.substring(FOUND.length())))
          .findFirst();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
