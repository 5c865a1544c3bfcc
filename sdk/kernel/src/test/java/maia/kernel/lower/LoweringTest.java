package maia.kernel.lower;

import static org.assertj.core.api.Assertions.assertThat;

import maia.kernel.ir.Func;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.npl.Verifier;
import org.junit.jupiter.api.Test;

/// Functions as text and the tile programs they become.
class LoweringTest {
  private static void assertLowers(String func, String program) {
    Program lowered = Lowering.lower(Func.parse(func), Chip.TOY).program();
    Verifier.verify(lowered, Chip.TOY);
    assertThat(lowered.toString()).isEqualTo(program);
    assertThat(Npl.parse(program)).isEqualTo(lowered);
  }

  @Test
  void elementWise_oneQueuePerEngine_nextLoadsOverlap() {
    assertLowers(
        """
        func add(x: in f32[?], y: out f32[?], n: i64)
          %0: i64 = mul(program_id(0), 64:i64) @ add:3
          %1: i64[64] = add(%0, iota(64)) @ add:3
          %2: bool[64] = lt(%1, scalar(n, i64)) @ add:4
          %3: f32[64] = load x[%1] mask %2 other 0.0 @ add:5
          store y[%1] add(%3, 1.0:f32) mask %2 @ add:6
        """,
        """
        program add every_tile
          array x: f32[?] in
          array y: f32[?] out
          scalar n: i64
          buffer x_tile: f32[1, 64] tsram x2
          buffer y_out: f32[1, 64] tsram x2
          semaphore x_tile_to_tvp[1] tile initial 0 maximum 2
          semaphore x_tile_free_for_dma0[1] tile initial 2 maximum 2
          semaphore y_out_to_dma1[1] tile initial 0 maximum 2
          semaphore y_out_free_for_tvp[1] tile initial 2 maximum 2
          queue tile_dma 0
            set %lap0x2 = 0  @ add:1
            repeat %program = %tile .. %programs step %tiles  @ add:1
              set %pid0 = %program % %grid0  @ add:1
              wait x_tile_free_for_dma0  @ add:5
              copy x[(%pid0 * 64) +: 64 < $n along 1] -> x_tile[%lap0x2]  @ add:5
              signal x_tile_to_tvp  @ add:5
              set %lap0x2 = (%lap0x2 + 1) % 2  @ add:1
          queue tvp 0
            set %lap0x2 = 0  @ add:1
            repeat %program = %tile .. %programs step %tiles  @ add:1
              wait x_tile_to_tvp  @ add:6
              wait y_out_free_for_tvp  @ add:6
              map y_out[%lap0x2] = (x_tile[%lap0x2] + 1.0)  @ add:6
              signal x_tile_free_for_dma0  @ add:6
              signal y_out_to_dma1  @ add:6
              set %lap0x2 = (%lap0x2 + 1) % 2  @ add:1
          queue tile_dma 1
            set %lap0x2 = 0  @ add:1
            repeat %program = %tile .. %programs step %tiles  @ add:1
              set %pid0 = %program % %grid0  @ add:1
              wait y_out_to_dma1  @ add:6
              copy y_out[%lap0x2] -> y[(%pid0 * 64) +: 64 < $n along 1]  @ add:6
              signal y_out_free_for_tvp  @ add:6
              set %lap0x2 = (%lap0x2 + 1) % 2  @ add:1
        """);
  }

  @Test
  void productLoop_bothChannelsLoad_accumulatorStaysInPlace() {
    assertLowers(
        """
        func gemm(a: in bf16[?x?], b: in bf16[?x?], c: out f32[?x?])
          %0: f32[16x16] = var @ gemm:5
          range %1 from 0:i64 to size(a, 1) step 32:i64 stages 3 @ gemm:6
            %2: i64[32] = add(%1, iota(32)) @ gemm:7
            %3: bf16[16x32] = load a[unsqueeze(1, iota(16)), unsqueeze(0, %2)] @ gemm:8
            %4: bf16[32x16] = load b[unsqueeze(1, %2), unsqueeze(0, iota(16))] @ gemm:9
            %5: f32[16x16] = get %0 @ gemm:10
            %6: f32[16x16] = dot %3 %4 acc %5 clear eq(%1, 0:i64) @ gemm:10
            set %0 %6 @ gemm:10
          %7: f32[16x16] = get %0 @ gemm:11
          store c[unsqueeze(1, iota(16)), unsqueeze(0, iota(16))] max(%7, 0.0:f32) @ gemm:11
        """,
        """
        program gemm every_tile
          array a: bf16[?, ?] in
          array b: bf16[?, ?] in
          array c: f32[?, ?] out
          buffer acc0: f32[16, 16] acc x2
          buffer a_tile: bf16[16, 32] tsram x3
          buffer b_tile: bf16[32, 16] tsram x3
          buffer c_out: f32[16, 16] tsram x2
          semaphore acc0_to_tvp[1] tile initial 0 maximum 2
          semaphore acc0_free_for_ttu[1] tile initial 2 maximum 2
          semaphore a_tile_to_ttu[1] tile initial 0 maximum 3
          semaphore a_tile_free_for_dma0[1] tile initial 3 maximum 3
          semaphore b_tile_to_ttu[1] tile initial 0 maximum 3
          semaphore b_tile_free_for_dma1[1] tile initial 3 maximum 3
          semaphore c_out_to_dma1[1] tile initial 0 maximum 2
          semaphore c_out_free_for_tvp[1] tile initial 2 maximum 2
          queue tile_dma 0
            set %lap1x3 = 0  @ gemm:1
            repeat %program = %tile .. %programs step %tiles  @ gemm:1
              repeat %i1 = 0 .. size(a, 1) step 32  @ gemm:6
                wait a_tile_free_for_dma0  @ gemm:8
                copy a[0 +: 16, %i1 +: 32] -> a_tile[%lap1x3]  @ gemm:8
                signal a_tile_to_ttu  @ gemm:8
                set %lap1x3 = (%lap1x3 + 1) % 3  @ gemm:1
          queue tile_dma 1
            set %lap1x3 = 0  @ gemm:1
            set %lap0x2 = 0  @ gemm:1
            repeat %program = %tile .. %programs step %tiles  @ gemm:1
              repeat %i1 = 0 .. size(a, 1) step 32  @ gemm:6
                wait b_tile_free_for_dma1  @ gemm:9
                copy b[%i1 +: 32, 0 +: 16] -> b_tile[%lap1x3]  @ gemm:9
                signal b_tile_to_ttu  @ gemm:9
                set %lap1x3 = (%lap1x3 + 1) % 3  @ gemm:1
              wait c_out_to_dma1  @ gemm:11
              copy c_out[%lap0x2] -> c[0 +: 16, 0 +: 16]  @ gemm:11
              signal c_out_free_for_tvp  @ gemm:11
              set %lap0x2 = (%lap0x2 + 1) % 2  @ gemm:1
          queue ttu 0
            set %lap0x2 = 0  @ gemm:1
            set %lap1x3 = 0  @ gemm:1
            repeat %program = %tile .. %programs step %tiles  @ gemm:1
              wait acc0_free_for_ttu  @ gemm:6
              repeat %i1 = 0 .. size(a, 1) step 32  @ gemm:6
                wait a_tile_to_ttu  @ gemm:10
                wait b_tile_to_ttu  @ gemm:10
                mma acc0[%lap0x2], a_tile[%lap1x3], b_tile[%lap1x3] clear %i1 == 0  @ gemm:10
                signal a_tile_free_for_dma0  @ gemm:10
                signal b_tile_free_for_dma1  @ gemm:10
                set %lap1x3 = (%lap1x3 + 1) % 3  @ gemm:1
              signal acc0_to_tvp  @ gemm:6
              set %lap0x2 = (%lap0x2 + 1) % 2  @ gemm:1
          queue tvp 0
            set %lap0x2 = 0  @ gemm:1
            repeat %program = %tile .. %programs step %tiles  @ gemm:1
              wait acc0_to_tvp  @ gemm:11
              wait c_out_free_for_tvp  @ gemm:11
              map c_out[%lap0x2] = max(acc0[%lap0x2], 0.0)  @ gemm:11
              signal acc0_free_for_ttu  @ gemm:11
              signal c_out_to_dma1  @ gemm:11
              set %lap0x2 = (%lap0x2 + 1) % 2  @ gemm:1
        """);
  }
}
