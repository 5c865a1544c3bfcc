package maia.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maia.base.Origin;
import maia.npl.Program;
import maia.sim.Advice.Finding;
import maia.sim.Advice.Kind;

/// The rules behind [Advice].
final class Diagnosis {
  /// Causes below this share are not worth a line.
  private static final double LEAST_SHARE = 0.05;

  /// A resource is a bound when it works for at least this share of the time.
  static final double BUSY = 0.6;

  /// Copies below this size pay more for their start than for their bytes: the issue cost of a
  /// descriptor is about that of 5 KiB at the channel's rate.
  private static final long SMALL_BYTES = 4096;

  /// The most work of a tile over the mean, above which work counts as uneven.
  private static final double UNEVEN = 1.25;

  private final RunRecord run;
  private final Usage usage;
  private final ProgramMap map;
  private final List<Finding> found = new ArrayList<>();

  Diagnosis(RunRecord run, Program program) {
    this.run = run;
    this.usage = new Usage(run);
    this.map = new ProgramMap(program);
  }

  List<Finding> all() {
    if (run.picoseconds() == 0) {
      return List.of();
    }
    tiles();
    for (String queue : usage.queues()) {
      if (usage.active(queue) > 0) {
        waits(queue);
        issue(queue);
        banks(queue);
        if (usage.isCopy(queue)) {
          smallCopies(queue);
        }
      }
    }
    new BusyResources(run, usage, map, found::add).all();
    launch();
    return strongest();
  }

  /// One finding per kind and line, the strongest.
  private List<Finding> strongest() {
    var kept = new ArrayList<Finding>();
    found.sort(Comparator.comparingDouble(f -> -f.share()));
    for (Finding f : found) {
      boolean isKnown =
          kept.stream().anyMatch(k -> k.kind() == f.kind() && k.line().equals(f.line()));
      if (f.share() >= LEAST_SHARE && !isKnown) {
        kept.add(f);
      }
    }
    return kept;
  }

  private void add(Kind kind, Origin line, double share, String evidence, String next) {
    found.add(new Finding(kind, line, Math.min(1, share), evidence, next));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  // ---- tiles

  private void tiles() {
    String busiest = "";
    for (String queue : usage.queues()) {
      boolean isBusier = busiest.isEmpty() || usage.busy(queue) > usage.busy(busiest);
      busiest = isBusier ? queue : busiest;
    }
    List<EngineUse> engines = usage.engines(busiest);
    long active = usage.active(busiest);
    int tiles = run.machine().tiles();
    boolean isPerTile = !usage.kind(busiest).equals("cluster_dma");
    if (isPerTile && active > 0 && active < tiles) {
      add(
          Kind.IDLE_TILES,
          map.definition(),
          1 - (double) active / tiles,
          text("%d of %d tiles have work", active, tiles),
          text("a grid of at least %d programs: smaller blocks, or split the sum", tiles));
    }
    long most = engines.stream().mapToLong(EngineUse::busyPicoseconds).max().orElse(0);
    long sum = engines.stream().mapToLong(EngineUse::busyPicoseconds).sum();
    double mean = active == 0 ? 0 : (double) sum / active;
    if (mean > 0 && most > UNEVEN * mean) {
      add(
          Kind.IMBALANCE,
          map.definition(),
          (most - mean) / run.picoseconds(),
          text("%s of the busiest tile works %.1f times the mean", busiest, most / mean),
          text("a grid that is a multiple of %d programs, or smaller blocks", active));
    }
  }

  // ---- waiting

  private void waits(String queue) {
    if (usage.isCopy(queue)) {
      inFlight(queue);
      return;
    }
    usage
        .waits(queue)
        .forEach((family, share) -> {
          if (share >= LEAST_SHARE) {
            for (String other : map.signallers(family)) {
              waitsFor(queue, family, share, other);
            }
          }
        });
  }

  private void waitsFor(String queue, String family, double share, String other) {
    Origin line = map.waitIn(queue, family);
    if (!usage.isCopy(other)) {
      boolean turns =
          usage.waits(other).keySet().stream()
              .anyMatch(back -> map.signallers(back).contains(queue));
      if (turns) {
        add(
            Kind.TURNS,
            line,
            share,
            text("%s waits for %s of %s, which waits for %s too", queue, family, other, queue),
            "two blocks in flight, so that one is in each unit");
      }
      return;
    }
    double forSlots =
        usage.waits(other).entrySet().stream()
            .filter(e -> map.signallers(e.getKey()).contains(queue))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    double forBytes =
        usage.busy(other)
            + usage.stalled(other, Stall.Reason.OUTSTANDING)
            + usage.stalled(other, Stall.Reason.HBM)
            + usage.stalled(other, Stall.Reason.PORT);
    Optional<ProgramMap.Fill> fill =
        map.fills().stream().filter(f -> f.queue().equals(other)).findFirst();
    if (fill.isPresent() && forSlots >= LEAST_SHARE && forBytes < BUSY) {
      slots(queue, share, other, forSlots, fill.get());
    }
  }

  private void slots(
      String queue, double share, String other, double forSlots, ProgramMap.Fill fill) {
    int slots = map.buffer(fill.buffer()).map(Program.Buffer::slots).orElse(1);
    add(
        Kind.SLOTS,
        fill.origin(),
        share,
        text(
            "%s waits %.0f %% of the time for loads into '%s', while %s waits %.0f %% for a free"
                + " slot of %d",
            queue, 100 * share, fill.buffer(), other, 100 * forSlots, slots),
        text("%d slots (stages %d -> %d)", slots + 1, slots, slots + 1));
  }

  private void inFlight(String queue) {
    double latency = usage.stalled(queue, Stall.Reason.OUTSTANDING);
    Origin line = usage.costliest(queue, map.definition());
    if (latency >= LEAST_SHARE) {
      var dma =
          usage.kind(queue).equals("cluster_dma")
              ? run.machine().clusterDma()
              : run.machine().tileDma();
      add(
          Kind.LATENCY,
          line,
          latency,
          text(
              "%s has its %d B in flight and waits for the latency of memory",
              queue, dma.outstandingBytes()),
          "loads spread over more channels, or blocks that are used more often once loaded");
    }
    double port = usage.stalled(queue, Stall.Reason.PORT);
    if (port >= LEAST_SHARE) {
      add(
          Kind.PORT,
          line,
          port,
          text("%s waits for a port of on-chip memory that others use", queue),
          "fewer copies of the same bytes: multicast, or keep the block where it is");
    }
  }

  private void issue(String queue) {
    double share = usage.stalled(queue, Stall.Reason.ISSUE);
    long tiles = Math.max(1, usage.active(queue));
    long each = run.picoseconds() * tiles / Math.max(1, usage.instructions(queue));
    long issue = run.machine().picoseconds(run.machine().control().issueCycles());
    if (share >= LEAST_SHARE && each < 8 * issue) {
      add(
          Kind.ISSUE,
          usage.costliest(queue, map.definition()),
          share,
          text(
              "%s waits for the control processor: an instruction every %.1f ns, issue takes %.1f",
              queue, each * 1e-3, issue * 1e-3),
          "larger blocks, so that an instruction does more");
    }
  }

  private void banks(String queue) {
    for (Stall s : usage.stalls(queue)) {
      double share = usage.share(queue, s.picoseconds());
      if (s.reason() == Stall.Reason.BANK && share >= LEAST_SHARE) {
        add(
            Kind.BANK,
            usage.costliest(queue, map.definition()),
            share,
            text("%s meets %s in a memory bank", queue, s.detail()),
            "another order of the buffers, so that the two lie in different banks");
      }
    }
  }

  private void smallCopies(String queue) {
    usage
        .lines(queue)
        .forEach((origin, line) -> {
          long mean = line.count == 0 ? 0 : line.bytes / line.count;
          double all = usage.lines(queue).values().stream().mapToLong(l -> l.picoseconds).sum();
          double works = usage.busy(queue) + usage.stalled(queue, Stall.Reason.ISSUE);
          double share = all == 0 ? 0 : works * line.picoseconds / all;
          if (mean > 0 && mean < SMALL_BYTES && line.count > 1) {
            add(
                Kind.SMALL_COPIES,
                origin,
                share,
                text("%s moves %d B in a copy", queue, mean),
                text(
                    "a larger BK or more rows in a block: copies of %d B and more",
                    4 * SMALL_BYTES));
          }
        });
  }

  private void launch() {
    if (run.launchPicoseconds() > run.picoseconds()) {
      add(
          Kind.LAUNCH,
          map.definition(),
          (double) run.launchPicoseconds() / (run.launchPicoseconds() + run.picoseconds()),
          text(
              "the launch takes %.1f us, the kernel %.1f us",
              run.launchPicoseconds() * 1e-6, run.picoseconds() * 1e-6),
          "more work in a launch: fuse kernels, or a larger batch");
    }
  }
}
