package maia.kernel;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Products of NVFP4 matrices: simulator, interpreter and host give the same bits.
class Nvfp4Test {
  /// The largest magnitude of NVFP4, times 2 to the -10: scales of tensors become powers of two, by
  /// which results scale without rounding.
  private static final float LARGEST = 6f * 448f / 1024f;

  private static final Kernel PRODUCT =
      Kernel.define(
          "nvfp4_product",
          k -> {
            var x = k.in("x", BlockFormat.NVFP4, 2);
            var w = k.in("w", BlockFormat.NVFP4, 2);
            var y = k.out("y", F32, 2);
            var m = k.programId(0).mul(16);
            var n = k.programId(1).mul(32);
            var acc = k.var(k.zeros(F32, 16, 32));
            k.range(0, x.size(1).cdiv(32))
                .each(step -> {
                  var a = x.block(16, 32).at(m, step.mul(32)).load();
                  var b = w.block(32, 32).at(n, step.mul(32)).load();
                  acc.set(k.dotScaled(a, b.t(), acc.get()));
                });
            var result = acc.get().mul(x.tensorScale()).mul(w.tensorScale());
            y.block(16, 32).at(m, n).store(result);
          });

  private static HostArray matrix(long seed, int rows, int columns) {
    float[] values = Values.array(seed, F32, rows, columns).toFloats();
    values[0] = LARGEST;
    return BlockCodec.quantize(
        HostArray.of(values, F32, rows, columns), BlockFormat.NVFP4, ScaleRule.FLOOR);
  }

  private static Machine chip(String name) {
    return name.equals("toy") ? Chip.TOY : Chip.MAIA_200;
  }

  @ParameterizedTest
  @CsvSource({"toy, 16, 32, 32", "toy, 40, 70, 96", "maia, 33, 100, 64"})
  void product_onSimulatorAndInterpreter_equalsHost(String machine, int m, int n, int k) {
    HostArray x = matrix(1, m, k);
    HostArray w = matrix(2, n, k);
    assertThat(x.tensorScale()).isEqualTo(1f / 1024f);
    HostArray y = HostArray.zeros(F32, m, n);
    PRODUCT.grid(Kernel.cdiv(m, 16), Kernel.cdiv(n, 32)).on(new OnSim(chip(machine))).run(x, w, y);
    assertThat(y.toFloats())
        .isEqualTo(
            Values.matmulTransposed(
                BlockCodec.dequantize(x).toFloats(), BlockCodec.dequantize(w).toFloats(), m, n, k));
  }
}
