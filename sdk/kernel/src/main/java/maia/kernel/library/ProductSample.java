package maia.kernel.library;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import maia.kernel.KernelCall;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.Stretch.Cut;
import maia.machine.Machine;

/// At which sizes a product of the library is timed where it is not timed whole (decision 067). The
/// kernel stays the one of the whole product, blocks and all; it takes fewer superblocks along the
/// rows or the columns of the result, and fewer steps along the depth.
///
/// @param rows sizes along the rows of the result
/// @param columns sizes along its columns
/// @param depth sizes along the depth
public record ProductSample(Stretch rows, Stretch columns, Stretch depth) {
  /// Steps after which loads, products and stores keep pace, and how many more are timed.
  private static final int STEPS = 8;

  private static final int MORE_STEPS = 4;

  /// The same where the steps in flight do not cover the latency of memory: then they come in
  /// waves, which settle later.
  private static final int SLOW_STEPS = 12;

  private static final int MORE_SLOW_STEPS = 12;

  /// Times that the products of the steps in flight take the latency of memory where they cover it.
  private static final double COVERED = 2;

  /// Superblocks of a cluster that are timed beyond those of the first round, at least.
  private static final int MORE_SUPERBLOCKS = 2;

  /// What a run costs beside its work, in steps of superblocks.
  private static final double EACH_RUN = 8;

  /// A sample has to cost at most this share of the whole.
  private static final double WORTH = 0.75;

  /// The launch `launch` of `p`, not cut.
  public static ProductSample whole(Blocks.Problem p, KernelCall launch) {
    return new ProductSample(
        Stretch.uncut(p.m(), launch.grid().get(0)),
        Stretch.uncut(p.n(), launch.grid().get(1)),
        Stretch.uncut(p.k(), 1));
  }

  /// How the launch `whole` of `p` is cut, so that least is to be simulated.
  public static ProductSample of(Blocks.Problem p, KernelCall whole, Machine machine) {
    Map<String, Object> metas = whole.metas();
    if (!metas.containsKey("DOWN")) { // programs are dealt to tiles one by one
      ProductSample uncut = whole(p, whole);
      int more = SLOW_STEPS + MORE_SLOW_STEPS;
      Stretch depth = Stretch.ofSteps(p.k(), number(metas, "BK"), SLOW_STEPS, more);
      return new ProductSample(uncut.rows, uncut.columns, depth);
    }
    var cuts =
        new Cuts(
            p,
            machine,
            new Layout(
                number(metas, "DOWN"),
                number(metas, "ACROSS"),
                whole.grid().get(0),
                whole.grid().get(1),
                new Blocks(
                    number(metas, "BM"),
                    number(metas, "BN"),
                    number(metas, "BK"),
                    number(metas, "STAGES")),
                (Path) Objects.requireNonNull(metas.get("PATH"))));
    return cuts.cheapest(whole);
  }

  private static int number(Map<String, Object> metas, String name) {
    return ((Number) Objects.requireNonNull(metas.get(name))).intValue();
  }

  /// The ways to cut a product in a layout.
  private record Cuts(Blocks.Problem p, Machine machine, Layout layout) {
    ProductSample cheapest(KernelCall launch) {
      ProductSample whole = whole(p, launch);
      boolean isByRows =
          switch (layout.path()) {
            case KEEP_ROWS -> false; // a strip of superblocks that share what is kept goes along
            case KEEP_COLUMNS -> true;
            case AUTO, DIRECT, STAGED -> high() > wide();
          };
      Stretch rows = isByRows ? rows(whole.rows) : whole.rows;
      Stretch columns = isByRows ? whole.columns : columns(whole.columns);
      ProductSample best =
          List.of(
                  new ProductSample(rows, columns, whole.depth),
                  new ProductSample(whole.rows, whole.columns, depth()),
                  new ProductSample(rows, columns, depth()))
              .stream()
              .min(Comparator.comparingDouble(this::cost))
              .orElseThrow();
      return cost(best) <= WORTH * cost(whole) ? best : whole;
    }

    /// Steps of superblocks that are simulated, and what the runs cost besides.
    private double cost(ProductSample sample) {
      double cost = 0;
      for (Cut r : sample.rows.timed()) {
        for (Cut c : sample.columns.timed()) {
          for (Cut d : sample.depth.timed()) {
            double superblocks =
                (double) r.programs() / layout.down() * c.programs() / layout.across();
            cost += EACH_RUN + Math.ceil(superblocks / machine.clusters()) * steps(d.size());
          }
        }
      }
      return cost;
    }

    private long steps(long size) {
      return Math.ceilDiv(size, (long) layout.blocks().bk());
    }

    private int high() {
      return layout.rows() / layout.down();
    }

    private int wide() {
      return layout.columns() / layout.across();
    }

    private Stretch rows(Stretch uncut) {
      int unit = layout.down() * Layout.unitOfRows(p);
      return rounds(uncut, high(), wide(), layout.down(), unit);
    }

    private Stretch columns(Stretch uncut) {
      int unit = layout.across() * Layout.unitOfColumns(p);
      return rounds(uncut, wide(), high(), layout.across(), unit);
    }

    /// The stretch of `groups` of programs that takes whole rounds out, in which every cluster
    /// takes as many superblocks as any other, so that what is left over for some of them is left
    /// over in every size.
    ///
    /// @param others groups along the other dimension
    /// @param lanes programs of a group
    /// @param unit elements by which groups differ
    private Stretch rounds(Stretch uncut, int groups, int others, int lanes, int unit) {
      int round = machine.clusters() / gcd(machine.clusters(), others);
      int few = groups % round + round;
      int each = round * others / machine.clusters();
      int more = few + Math.ceilDiv(MORE_SUPERBLOCKS, each) * round;
      return more >= groups
          ? uncut
          : new Stretch(
              cut(uncut.whole().size(), few, groups, lanes, unit),
              cut(uncut.whole().size(), more, groups, lanes, unit),
              uncut.whole());
    }

    /// `few` of `groups`, as large as those are on average.
    private static Cut cut(long size, int few, int groups, int lanes, int unit) {
      long units = Math.ceilDiv(size, (long) unit);
      long kept = Math.round((double) units * few / groups);
      return new Cut(size - (units - kept) * unit, few * lanes);
    }

    private Stretch depth() {
      int few = isSlow() ? SLOW_STEPS : STEPS;
      int more = few + (isSlow() ? MORE_SLOW_STEPS : MORE_STEPS);
      return Stretch.ofSteps(p.k(), layout.blocks().bk(), few, more);
    }

    /// Whether the products of the steps in flight do not cover the time that memory takes to
    /// answer.
    private boolean isSlow() {
      Blocks b = layout.blocks();
      double flops = 2.0 * b.bm() * b.bn() * b.bk() * b.stages();
      double seconds = flops * machine.tiles() / machine.peakFlops(p.elementOfX());
      return seconds < COVERED * machine.hbm().latencyPicoseconds() * 1e-12;
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }
  }
}
