package maia.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/// Prints one line per operation and shape: our median, the peers' medians over ours (above 1: we
/// are faster), our share of the machine's peak, and what a call takes from the Java heap. Results
/// are freed at once, as the peers' are, by a scope around each call; the time in parentheses is
/// without a scope, when the garbage collector frees them and every result is written to memory
/// that no cache holds.
///
/// Arguments: the number of threads (1 when absent), then parts of case names to keep.
public final class PeerTable {
  private final boolean oneThread;
  private final int threads;
  private final Interleaved clock;
  private final Map<String, List<Double>> ratios = new TreeMap<>();
  private final Peaks peaks;

  private PeerTable(int threads) {
    this.threads = threads;
    this.oneThread = threads == 1;
    this.clock = new Interleaved(oneThread, Interleaved.ROUNDS);
    this.peaks = Peaks.measure(clock);
  }

  /// Runs the table.
  public static void main(String[] args) {
    int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
    System.setProperty("maia.threads", Integer.toString(threads));
    new PeerTable(threads).run(List.of(args).subList(Math.min(1, args.length), args.length));
  }

  private void run(List<String> filters) {
    Peers peers = Peers.load(threads, Peers.NAMES);
    print("%s", Machine.text());
    print("threads %d, clock %s; %s", threads, oneThread ? "CPU time" : "wall", peaks);
    print(
        "| case | maia us | %s | share of peak | heap B/call | floor |",
        String.join(" | ", Peers.NAMES));
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (Case line : new Cases(peers).all()) {
      if (filters.isEmpty() || filters.stream().anyMatch(line.name()::contains)) {
        line(line);
      }
    }
    means();
  }

  private void line(Case line) {
    List<Contender> contenders = line.contenders().get();
    Interleaved.Times times = clock.run(contenders);
    double ours = times.nanos()[0];
    StringBuilder row = new StringBuilder();
    OptionalDouble collected = nanos(contenders, times, Contender.COLLECTED);
    String beside = collected.isPresent() ? " (" + micros(collected.getAsDouble()) + ")" : "";
    row.append("| %s | %s%s |".formatted(line.name(), micros(ours), beside));
    double best = Double.MAX_VALUE;
    for (String peer : Peers.NAMES) {
      OptionalDouble nanos = nanos(contenders, times, peer);
      if (nanos.isPresent()) {
        best = Math.min(best, nanos.getAsDouble());
        note(peer + " " + line.group(), nanos.getAsDouble() / ours);
        if (!line.group().startsWith("gpt2")) {
          note(peer + " (all operations)", nanos.getAsDouble() / ours);
        }
      }
      row.append(nanos.isPresent() ? " %.2f |".formatted(nanos.getAsDouble() / ours) : " - |");
    }
    if (best < Double.MAX_VALUE) {
      note("best peer " + line.group(), best / ours);
    }
    double share = peaks.share(line, threads, ours);
    row.append(
        " %s | %.0f | %s |"
            .formatted(
                peaks.text(line, threads, ours),
                times.allocated(),
                Floor.of(line).verdict(share, times.allocated())));
    print("%s", row);
  }

  private static OptionalDouble nanos(
      List<Contender> contenders, Interleaved.Times times, String peer) {
    for (int c = 0; c < contenders.size(); c++) {
      if (contenders.get(c).name().equals(peer)) {
        return OptionalDouble.of(times.nanos()[c]);
      }
    }
    return OptionalDouble.empty();
  }

  private void note(String key, double ratio) {
    ratios.computeIfAbsent(key, unused -> new ArrayList<>()).add(ratio);
  }

  private void means() {
    print("");
    print("Geometric means of peer time over ours:");
    ratios.forEach((key, all) -> {
      double mean = all.stream().mapToDouble(Math::log).average().orElseThrow();
      print("- %s: %.2f (%d)", key, Math.exp(mean), all.size());
    });
  }

  private static String micros(double nanos) {
    return nanos < 100_000 ? "%.2f".formatted(nanos / 1e3) : "%.0f".formatted(nanos / 1e3);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
