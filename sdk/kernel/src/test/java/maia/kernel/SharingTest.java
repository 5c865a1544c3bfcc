package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mapping;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.Engine;
import maia.npl.Instr;
import maia.npl.Program;
import maia.npl.Space;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import maia.sim.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks that the lanes of a cluster share: what is loaded, how often, and that nothing else
/// changes. All checks are on: races, uninitialised reads, coverage, semaphores.
class SharingTest {
  private static Kernel matmul(DType type, int block, int depth, int down, int across, Path path) {
    return Matmul.KERNEL
        .with("TYPE", type)
        .with("OUT", F32)
        .with("BM", block)
        .with("BN", block)
        .with("BK", depth)
        .with("STAGES", 2)
        .with("DOWN", down)
        .with("ACROSS", across)
        .with("PATH", path);
  }

  private static RunRecord run(
      Kernel kernel, Machine machine, DType type, int m, int n, int k, int rows, int columns) {
    HostArray a = Values.array(1, type, m, k);
    HostArray b = Values.array(2, type, k, n);
    HostArray c = HostArray.zeros(F32, m, n);
    Run run = kernel.grid(rows, columns).on(new OnSim(machine)).run(a, b, c);
    assertThat(c.toFloats()).isEqualTo(Values.matmul(a.toFloats(), b.toFloats(), m, n, k));
    return ((OnSim.Finished) run).run();
  }

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(Chip.TOY, 2, 1, 64, 64, 64, 2, 2),
        Arguments.of(Chip.TOY, 2, 1, 100, 45, 77, 4, 2),
        Arguments.of(Chip.TOY, 1, 2, 33, 70, 50, 2, 4),
        Arguments.of(Chip.TOY, 1, 2, 20, 20, 20, 1, 2),
        Arguments.of(Chip.MAIA_200, 3, 3, 200, 130, 77, 9, 6),
        Arguments.of(Chip.MAIA_200, 3, 3, 96, 96, 64, 3, 3),
        Arguments.of(Chip.MAIA_200, 1, 9, 17, 300, 64, 1, 18),
        Arguments.of(Chip.MAIA_200, 2, 2, 100, 100, 40, 4, 4),
        Arguments.of(Chip.MAIA_200_40_TILES, 5, 2, 170, 70, 33, 10, 4));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void product_onEveryPath_equalsHost(
      Machine machine, int down, int across, int m, int n, int k, int rows, int columns) {
    for (Path path : Path.values()) {
      run(matmul(BF16, 32, 16, down, across, path), machine, BF16, m, n, k, rows, columns);
    }
  }

  @Test
  void stagedProduct_largeBlocks_goThroughClusterMemory_equalsHost() {
    RunRecord run =
        run(matmul(BF16, 512, 64, 3, 3, Path.STAGED), Chip.MAIA_200, BF16, 100, 260, 128, 3, 3);
    assertThat(run.counters().csramBytes()).isPositive();
  }

  @Test
  void stagedProduct_readsHbmOncePerClusterAndPart() {
    int side = 192;
    RunRecord direct =
        run(matmul(BF16, 32, 32, 3, 3, Path.DIRECT), Chip.MAIA_200, BF16, side, side, 64, 6, 6);
    RunRecord staged =
        run(matmul(BF16, 32, 32, 3, 3, Path.STAGED), Chip.MAIA_200, BF16, side, side, 64, 6, 6);
    long operand = 2L * side * 64;
    assertThat(direct.counters().hbmReadBytes()).isEqualTo(6 * operand + 6 * operand);
    assertThat(staged.counters().hbmReadBytes()).isEqualTo(2 * operand + 2 * operand);
  }

  /// Blocks of fixed size on a grid that does not fill the last rectangles: some lanes are idle.
  private static final Kernel PLAIN =
      Kernel.define(
          "plain",
          k -> {
            Path path = k.meta("PATH", Path.AUTO);
            int down = k.meta("DOWN", 2);
            int across = k.meta("ACROSS", 1);
            k.mapping(new Mapping(path, down, across));
            var a = k.in("a", BF16, 2);
            var b = k.in("b", BF16, 2);
            var c = k.out("c", F32, 2);
            var m = k.programId(0).mul(16);
            var n = k.programId(1).mul(16);
            var acc = k.var(k.zeros(F32, 16, 16));
            k.range(0, a.size(1).cdiv(16))
                .stages(2)
                .each(step -> {
                  var ta = a.block(16, 16).at(m, step.mul(16)).load();
                  var tb = b.block(16, 16).at(step.mul(16), n).load();
                  acc.set(k.dot(ta, tb, acc.get()));
                });
            c.block(16, 16).at(m, n).store(acc.get());
          });

  @Test
  void idleLanes_stillAcknowledgeWhatTheyShare() {
    for (Path path : Path.values()) {
      run(PLAIN.with("PATH", path), Chip.TOY, BF16, 40, 30, 33, 3, 2);
      Kernel rectangle = PLAIN.with("PATH", path).with("DOWN", 3).with("ACROSS", 3);
      run(rectangle, Chip.MAIA_200, BF16, 70, 65, 33, 5, 5);
      run(rectangle, Chip.MAIA_200, BF16, 10, 10, 70, 1, 1);
      run(rectangle.with("ACROSS", 2), Chip.MAIA_200, BF16, 70, 65, 33, 5, 5);
    }
  }

  @Test
  void raggedEdges_costOnlyWhatTheyUse() {
    RunRecord whole =
        run(matmul(FP8_E4M3, 64, 64, 2, 1, Path.STAGED), Chip.TOY, FP8_E4M3, 128, 64, 64, 2, 1);
    RunRecord half =
        run(matmul(FP8_E4M3, 64, 64, 2, 1, Path.STAGED), Chip.TOY, FP8_E4M3, 64, 64, 64, 2, 1);
    assertThat(half.counters().tensorFlops()).isEqualTo(whole.counters().tensorFlops() / 2);
    assertThat(half.counters().hbmReadBytes()).isEqualTo(64 * 64 + 64 * 64);
  }

  private static Program program(Kernel kernel) {
    return Compiler.compile(kernel.trace().func(), Chip.MAIA_200).program();
  }

  private static List<Program.Queue> clusterQueues(Program program) {
    return program.queues().stream().filter(q -> q.engine() == Engine.CLUSTER_DMA).toList();
  }

  @Test
  void blocksThatKeepTheTensorUnitBusy_waitInClusterMemory() {
    Program program = program(matmul(BF16, 512, 64, 3, 3, Path.AUTO));
    assertThat(clusterQueues(program)).hasSize(Chip.MAIA_200.clusterDma().channels());
    assertThat(program.buffers().stream().filter(b -> b.space() == Space.CSRAM))
        .extracting(Program.Buffer::slots)
        .containsExactly(12, 12); // 4 turns of 3 parts
  }

  @Test
  void blocksThatWouldKeepTileChannelsBusy_arePushedIntoTheTiles() {
    Program program = program(matmul(FP8_E4M3, 512, 256, 3, 3, Path.AUTO));
    assertThat(clusterQueues(program)).hasSize(Chip.MAIA_200.clusterDma().channels());
    assertThat(program.buffers()).noneMatch(b -> b.space() == Space.CSRAM);
    assertThat(program.toString()).contains("-> a_tile[%fill1; 0 +: 512 limit");
    assertThat(program.queues().stream().filter(q -> q.engine() == Engine.TILE_DMA))
        .hasSize(1); // only the store is left
  }

  @Test
  void directPath_hasNoClusterQueues() {
    assertThat(clusterQueues(program(matmul(BF16, 512, 64, 3, 3, Path.DIRECT)))).isEmpty();
  }

  @Test
  void explanation_saysHowTheGridIsLaidOut() {
    String text = matmul(BF16, 512, 64, 3, 3, Path.AUTO).explain().text();
    assertThat(text)
        .contains(
            "a cluster takes 3 x 3 programs (lanes along grid 0 x grid 1), superblocks in columns of 4, "
                + "the cluster DMA loads what lanes share, once for all of them");
    assertThat(matmul(BF16, 32, 64, 1, 1, Path.DIRECT).explain().text())
        .contains("program p runs on tile p % 36; every tile loads for itself");
  }

  @Test
  void stagedPath_blocksBeyondClusterMemory_areRefused() {
    Machine machine = Chip.TOY;
    Kernel kernel = matmul(BF16, 64, 2048, 2, 1, Path.STAGED);
    assertThatThrownBy(() -> Compiler.compile(kernel.trace().func(), machine))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("kernel 'matmul'");
  }

  @Test
  void linearMx_staged_equalsHost() {
    int m = 130;
    int n = 200;
    int k = 96;
    BlockFormat format = BlockFormat.MXFP4;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, m, k), format, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), format, ScaleRule.FLOOR);
    float[] expected =
        Values.matmulTransposed(
            BlockCodec.dequantize(x).toFloats(), BlockCodec.dequantize(w).toFloats(), m, n, k);
    Kernel kernel =
        LinearMx.KERNEL
            .with("BM", 32)
            .with("BN", 32)
            .with("BK", 32)
            .with("DOWN", 3)
            .with("ACROSS", 3)
            .with("PATH", Path.STAGED);
    HostArray y = HostArray.zeros(F32, m, n);
    kernel.grid(6, 9).on(new OnSim(Chip.MAIA_200)).run(x, w, y);
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void linear_biasAndRaggedSizes_equalsHostThroughTheChosenLayout() {
    int m = 300;
    int n = 500;
    int k = 128;
    HostArray x = Values.array(1, BF16, m, k);
    HostArray w = Values.array(2, BF16, n, k);
    HostArray bias = Values.array(3, F32, n);
    float[] expected = Values.matmulTransposed(x.toFloats(), w.toFloats(), m, n, k);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += bias.toFloats()[i % n];
    }
    for (Machine machine : List.of(Chip.TOY, Chip.MAIA_200)) {
      HostArray y = HostArray.zeros(F32, m, n);
      Linear.over(
              new Blocks.Problem(m, n, k, BF16, BF16, F32),
              Activation.NONE,
              Set.of(Linear.Part.BIAS),
              machine)
          .on(new OnSim(machine))
          .run(x, w, bias, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  @Test
  void copies_ofAStagedProduct_oneForEveryPart() {
    long copies =
        clusterQueues(program(matmul(BF16, 512, 64, 3, 3, Path.STAGED))).stream()
            .mapToLong(queue -> count(queue.body()))
            .sum();
    assertThat(copies).isEqualTo(6L * Chip.MAIA_200.clusterDma().channels()); // one is dealt a turn
  }

  private static long count(List<Instr> body) {
    return body.stream()
        .mapToLong(instr ->
            switch (instr) {
              case Instr.Copy _ -> 1;
              case Instr.Repeat r -> count(r.body());
              case Instr.When w -> count(w.then()) + count(w.otherwise());
              default -> 0;
            })
        .sum();
  }
}
