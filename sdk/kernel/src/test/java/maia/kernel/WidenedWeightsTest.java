package maia.kernel;

import static maia.numerics.BlockFormat.MXFP4;
import static maia.numerics.BlockFormat.MXFP6_E2M3;
import static maia.numerics.BlockFormat.MXFP8_E4M3;
import static maia.numerics.BlockFormat.NVFP4;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.LinearW4A16;
import maia.machine.Chip;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import maia.sim.RunRecord;
import org.junit.jupiter.api.Test;

/// Block-format weights that are widened on the way: what is read, and that it is the same.
class WidenedWeightsTest {
  private static final int BURST = 64;

  @Test
  void weights_areReadInLongRows_bytesAreThoseOfTheBlocksAndWholeBurstsOfScales() {
    int m = 16;
    int n = 64;
    int k = 2_048;
    for (BlockFormat format : List.of(MXFP4, NVFP4, MXFP8_E4M3)) {
      var problem = new Blocks.Problem(m, n, k, BF16, format, F32);
      KernelLaunch launch =
          LinearW4A16.over(problem, Activation.NONE, Set.of(), Chip.MAIA_200)
              .on(new OnSim(Chip.MAIA_200));
      HostArray w = BlockCodec.quantize(HostArray.zeros(F32, n, k), format, ScaleRule.FLOOR);
      Run run = launch.timing(HostArray.zeros(BF16, m, k), w, HostArray.zeros(F32, m, n));
      RunRecord record = ((OnSim.Finished) run).run();
      // 256 bytes of a row at once, and the scales of those elements
      long steps = format.element().bytes(k) / 256;
      long scales = format.block() == 16 || format == MXFP4 ? 512 / format.block() : 8;
      long weights = n * format.element().bytes(k) + n * steps * Math.max(scales, BURST);
      long rest = BF16.bytes((long) m * k) + F32.bytes((long) m * n);
      assertThat(record.counters().hbmBytes()).as("%s", format).isEqualTo(weights + rest);
    }
  }

  @Test
  void depthsThatEndInAStepAndInABlock_haveTheBitsOfExactWeights() {
    int m = 5;
    int n = 40;
    for (BlockFormat format : List.of(MXFP4, NVFP4, MXFP6_E2M3)) {
      for (int k : List.of(16, 33, 700)) {
        HostArray x = Values.array(1, BF16, m, k);
        HostArray w = BlockCodec.quantize(Values.array(2, F32, n, k), format, ScaleRule.FLOOR);
        float[] inner =
            BlockCodec.dequantize(format.tensorScale() ? w.withTensorScale(1) : w).toFloats();
        float[] expected = Values.matmulTransposed(x.toFloats(), inner, m, n, k);
        for (int i = 0; i < expected.length; i++) {
          expected[i] *= format.tensorScale() ? w.tensorScale() : 1;
        }
        HostArray y = HostArray.zeros(F32, m, n);
        LinearW4A16.over(
                new Blocks.Problem(m, n, k, BF16, format, F32),
                Activation.NONE,
                Set.of(),
                Chip.MAIA_200)
            .on(new OnSim(Chip.MAIA_200))
            .run(x, w, y);
        assertThat(y.toFloats()).as("%s, k %d", format, k).isEqualTo(expected);
      }
    }
  }

  @Test
  void tile_cutIntoBlocksAndBack_isReadInPlace() {
    Kernel kernel =
        Kernel.define(
            "blocks",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              Tile in = x.block(4, 16).at(k.programId(0), k.programId(0)).load();
              y.block(4, 16)
                  .at(k.programId(0), k.programId(0))
                  .store(in.reshape(4, 2, 8).reshape(4, 16).mul(2));
            });
    HostArray x = Values.array(1, F32, 4, 16);
    HostArray y = HostArray.zeros(F32, 4, 16);
    Run run = kernel.grid(1).on(new OnSim(Chip.TOY)).run(x, y);
    assertThat(((OnSim.Finished) run).run().counters().pickedElements()).isZero();
    for (int i = 0; i < 64; i++) {
      assertThat(y.toFloats()[i]).isEqualTo(2 * x.toFloats()[i]);
    }
  }
}
