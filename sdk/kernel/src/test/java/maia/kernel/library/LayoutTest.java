package maia.kernel.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import maia.kernel.Compiler;
import maia.kernel.KernelCall;
import maia.kernel.ir.Mapping.Path;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.Simulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The layout that the model chooses is among the best that it weighs, as the simulator sees them.
class LayoutTest {
  private static final Machine MACHINE = Chip.MAIA_200.atClock(2.0e9);
  private static final int TRIED = 6;

  /// What the choice may lose.
  private static final double BEHIND = 0.07;

  private static Blocks.Problem problem(DType type, long m, long n, long k) {
    return new Blocks.Problem(m, n, k, type, type, DType.BF16);
  }

  private static long cycles(Blocks.Problem p, Layout layout) {
    KernelCall call =
        layout
            .launch(Matmul.kernel(p, Path.AUTO))
            .call(
                KernelCall.Mode.TIMING_ONLY,
                HostArray.meta(p.elementOfX(), p.m(), p.k()),
                HostArray.meta(p.elementOfW(), p.k(), p.n()),
                HostArray.meta((DType) p.y(), p.m(), p.n()));
    var program = Compiler.compile(call.func(), MACHINE, call.grid()).program();
    Options options = Options.timingOnly().withTraceLimit(0);
    return Simulator.on(MACHINE)
        .run(program, new Launch(call.arrays(), call.scalars(), call.grid(), options))
        .cycles();
  }

  /// The layouts that the model likes best, and some of those it likes well, on every path.
  private static List<Layout> rivals(Blocks.Problem p) {
    LayoutModel model = new LayoutModel(p, MACHINE, Path.AUTO);
    List<Layout> all = new ArrayList<>(Layout.legal(p, MACHINE));
    all.sort(Comparator.comparingDouble(model::cycles));
    SplittableRandom random = new SplittableRandom(7);
    List<Layout> rivals = new ArrayList<>();
    for (int i = 0; i < 2 * TRIED; i++) {
      Layout l = all.get(i < TRIED ? i : random.nextInt(Math.min(all.size(), 10 * TRIED)));
      Path path = i % 2 == 0 ? model.pathOf(l) : Path.AUTO;
      rivals.add(new Layout(l.down(), l.across(), l.rows(), l.columns(), l.blocks(), path));
    }
    return rivals;
  }

  @ParameterizedTest
  @CsvSource({
    "FP8_E4M3, 512, 1000, 512",
    "FP4_E2M1, 300, 500, 4000",
    "FP4_E2M1, 4096, 512, 1024",
    "BF16, 777, 1500, 333",
    "FP8_E4M3, 1024, 1024, 1024",
    "BF16, 512, 512, 512",
    "BF16, 64, 2048, 2048",
    "FP8_E4M3, 5120, 5120, 2560",
  })
  void choice_isWithinAFewPercentOfTheBest(DType type, long m, long n, long k) {
    Blocks.Problem p = problem(type, m, n, k);
    long chosen = cycles(p, Layout.choose(p, MACHINE, Path.AUTO));
    long best = rivals(p).stream().mapToLong(layout -> cycles(p, layout)).min().orElseThrow();
    assertThat((double) chosen).isLessThanOrEqualTo(best * (1 + BEHIND));
  }

  @Test
  void choice_saysTheWayThatWasTimed_andKeepsTheOneAskedFor() {
    Blocks.Problem p = problem(DType.BF16, 4096, 4096, 4096);
    assertThat(Layout.choose(p, MACHINE, Path.AUTO).path()).isEqualTo(Path.STAGED);
    assertThat(Layout.choose(p, MACHINE, Path.DIRECT).path()).isEqualTo(Path.DIRECT);
    Blocks.Problem decode = problem(DType.BF16, 64, 2048, 2048);
    assertThat(Layout.choose(decode, MACHINE, Path.AUTO).path()).isEqualTo(Path.AUTO);
  }

  /// FP8 needs nearly all that the cluster DMA can have in flight, BF16 half of it; a column of one
  /// superblock is not read again.
  @Test
  void choice_keepsBlocks_whereLoadsBoundTheProduct() {
    Blocks.Problem busy = problem(DType.FP8_E4M3, 4096, 8192, 8192);
    assertThat(Layout.choose(busy, MACHINE).path().kept()).isNotNegative();
    Blocks.Problem idle = problem(DType.BF16, 4096, 4096, 4096);
    assertThat(Layout.choose(idle, MACHINE).path()).isEqualTo(Path.STAGED);
    Blocks.Problem narrow = problem(DType.FP8_E4M3, 16, 8192, 8192);
    assertThat(Layout.choose(narrow, MACHINE).path().kept()).isNegative();
  }

  @Test
  void order_ofKeptBlocks_givesEachClusterNeighbours() {
    var order = new WalkOrder(3, 5, 4, 1);
    assertThat(IntStream.range(0, 5).map(order::first).boxed()).containsExactly(0, 3, 7, 11, 15);
    assertThat(IntStream.range(0, 15).map(order::row).limit(4).boxed()).containsExactly(0, 1, 2, 0);
    assertThat(IntStream.range(0, 15).map(order::column).limit(4).boxed())
        .containsExactly(0, 0, 0, 1);
    assertThat(IntStream.range(3, 7).filter(s -> order.isFresh(s, 1)).boxed())
        .containsExactly(3, 6);
  }

  /// Rows of 16 columns of FP4 are 8 bytes, which HBM moves as 64.
  @Test
  void narrowColumns_costWholeBursts() {
    Blocks.Problem p = problem(DType.FP4_E2M1, 300, 500, 4000);
    Layout narrow = new Layout(2, 4, 2, 16, new Blocks(256, 32, 1024, 4));
    assertThat(new LayoutModel(p, MACHINE, Path.AUTO).cycles(narrow))
        .isGreaterThan(1.2 * new LayoutModel(p, MACHINE).cycles(narrow));
  }
}
