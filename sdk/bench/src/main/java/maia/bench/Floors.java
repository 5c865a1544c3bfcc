package maia.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Checks our own side of every case against its [Floor], on one thread, without the peers, in less
/// than two minutes, and ends with status 1 when one is below. A case that is below gets more time
/// first, twice: then it is no loop that C2 was not through with.
///
/// Arguments: parts of case names to keep.
public final class Floors {
  private static final long QUICK = 700_000_000;
  private static final long LONG = 4_000_000_000L;
  private static final int ROUNDS = 3;

  private final Peaks peaks = Peaks.measure(clock(QUICK));
  private final List<String> below = new ArrayList<>();

  private Floors() {}

  /// Prints a line per case.
  public static void main(String[] args) {
    System.setProperty("maia.threads", "1");
    Floors floors = new Floors();
    floors.run(List.of(args));
    if (!floors.below.isEmpty()) {
      System.out.println("below their floors: " + String.join(", ", floors.below));
      System.exit(1);
    }
    System.out.println("every case keeps its floor");
  }

  private static Interleaved clock(long warm) {
    return new Interleaved(true, ROUNDS, warm);
  }

  private void run(List<String> filters) {
    System.out.println(Machine.text());
    System.out.println(peaks);
    System.out.println("| case | us | share of peak | floor | heap B/call | at most | |");
    System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
    for (Case line : new Cases(Peers.load(1, List.of())).all()) {
      if (filters.isEmpty() || filters.stream().anyMatch(line.name()::contains)) {
        line(line);
      }
    }
  }

  private void line(Case line) {
    Floor floor = Floor.of(line);
    List<Contender> ours = List.of(line.contenders().get().getFirst());
    Interleaved.Times times = clock(QUICK).run(ours);
    for (int i = 0; i < 2 && !isKept(floor, line, times); i++) {
      times = clock(LONG).run(ours);
    }
    double nanos = times.nanos()[0];
    double share = peaks.share(line, 1, nanos);
    if (!isKept(floor, line, times)) {
      below.add(line.name());
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "| %s | %.0f | %s | %.2f | %.0f | %.0f | %s |",
            line.name(),
            nanos / 1e3,
            peaks.text(line, 1, nanos),
            floor.share(),
            times.allocated(),
            floor.heap(),
            floor.verdict(share, times.allocated())));
  }

  private boolean isKept(Floor floor, Case line, Interleaved.Times times) {
    return floor.isKept(peaks.share(line, 1, times.nanos()[0]), times.allocated());
  }
}
