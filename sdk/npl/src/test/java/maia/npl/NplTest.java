package maia.npl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.machine.Chip;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class NplTest {
  private static Program gemm() {
    return Npl.program(
        "gemm",
        t -> {
          var a = t.hbm("A", DType.BF16, 32, 256);
          var b = t.hbm("B", DType.BF16, 256, 32);
          var c = t.hbm("C", DType.F32, 32, 32);
          var as = t.sram("a", DType.BF16, 2, 32, 64);
          var bs = t.sram("b", DType.BF16, 2, 64, 32);
          var acc = t.acc("acc", DType.F32, 32, 32);
          var full = t.sems("full", 2, 0);
          var free = t.sems("free", 2, 1);
          var done = t.sem("done", 0);
          var in = t.dma(0);
          in.repeat(
              4,
              i ->
                  in.waitFor(free[0].at(i.rem(2)))
                      .copy(a.at(Expr.ZERO, i.times(64), 32, 64), as.slot(i.rem(2)))
                      .copy(b.at(i.times(64), Expr.ZERO, 64, 32), bs.slot(i.rem(2)))
                      .signal(full[0].at(i.rem(2))));
          var ttu = t.ttu();
          ttu.repeat(
              4,
              i ->
                  ttu.waitFor(full[0].at(i.rem(2)))
                      .mma(acc, as.slot(i.rem(2)), bs.slot(i.rem(2)), i.eq(0))
                      .signal(free[0].at(i.rem(2))));
          ttu.signal(done);
          t.dma(1).waitFor(done).copy(acc, c.at(0, 0, 32, 32));
        });
  }

  @Test
  void program_builtByHand_printsAsText() {
    String text = gemm().toString().replaceAll(" +@ .*", "");
    assertThat(text)
        .isEqualTo(
            """
            program gemm one_tile
              array A: bf16[32, 256] in
              array B: bf16[256, 32] in
              array C: f32[32, 32] out
              buffer a: bf16[32, 64] tsram x2
              buffer b: bf16[64, 32] tsram x2
              buffer acc: f32[32, 32] acc x1
              semaphore full[2] tile initial 0 maximum 65535
              semaphore free[2] tile initial 1 maximum 65535
              semaphore done[1] tile initial 0 maximum 65535
              queue tile_dma 0
                repeat %i0 = 0 .. 4 step 1
                  wait free[%i0 % 2]
                  copy A[0 +: 32, (%i0 * 64) +: 64] -> a[%i0 % 2]
                  copy B[(%i0 * 64) +: 64, 0 +: 32] -> b[%i0 % 2]
                  signal full[%i0 % 2]
              queue ttu 0
                repeat %i0 = 0 .. 4 step 1
                  wait full[%i0 % 2]
                  mma acc[0], a[%i0 % 2], b[%i0 % 2] clear %i0 == 0
                  signal free[%i0 % 2]
                signal done
              queue tile_dma 1
                wait done
                copy acc[0] -> C[0 +: 32, 0 +: 32]
            """);
  }

  @Test
  void program_builtByHand_verifiesAndParsesBack() {
    Program program = gemm();
    Verifier.verify(program, Chip.MAIA_200);
    assertThat(Npl.parse(program.toString())).isEqualTo(program);
  }

  @Test
  void origin_ofAnInstruction_isTheUsersLine() {
    Program program =
        Npl.program(
            "p",
            t -> {
              var a = t.sram("a", DType.F32, 1, 4);
              t.tvp().relu(a, a);
            });
    var origin = program.queues().get(0).body().get(0).origin();
    assertThat(origin.program()).isEqualTo("p");
    assertThat(origin.line()).isEqualTo(5);
    assertThat(origin.source()).startsWith("NplTest.java:");
  }

  @Test
  void estimate_ofGemm_isTheArithmetic() {
    Program program = gemm();
    Estimate e = Estimate.of(program, Chip.TOY, Estimate.Sizes.of(program));
    assertThat(e.hbmReadBytes()).isEqualTo(2 * 2 * 32 * 256);
    assertThat(e.hbmWrittenBytes()).isEqualTo(4 * 32 * 32);
    assertThat(e.tensorFlops()).isEqualTo(2 * 32 * 32 * 256);
    assertThat(e.instructions()).isEqualTo(13);
    assertThat(e.tileBytes()).isEqualTo(2 * 2 * 2 * 32 * 64 + 4 * 32 * 32);
    // 4 x 4 x 64 steps of the tensor unit against 36,864 B at 64 B per ns
    assertThat(e.picoseconds()).isEqualTo(1_024_000);
    assertThat(e.bound()).isEqualTo("tensor");
  }

  @Test
  void estimate_ofPrograms_countsEveryTilesShare() {
    Program program =
        Npl.parse(
            """
            program p every_tile
              array x: f32[?] in
              buffer a: f32[64] tsram x1
              queue tile_dma 0
                repeat %program = %tile .. %programs step %tiles
                  when %program < 3
                    copy x[(%program * 64) +: 64] -> a[0]
            """);
    var sizes = new Estimate.Sizes(List.of(List.of(640L)), List.of(), List.of(10));
    assertThat(Estimate.of(program, Chip.MAIA_200, sizes).hbmReadBytes()).isEqualTo(3 * 256);
  }
}
