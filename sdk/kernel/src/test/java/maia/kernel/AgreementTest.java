package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;

import java.util.Set;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.Elementwise;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Matmul;
import maia.kernel.library.Quantise;
import maia.kernel.library.Softmax;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Library kernels over ragged shapes: simulator, interpreter and eager mode give the same bits.
class AgreementTest {
  private static final Machine TOY = Chip.TOY;

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 2049})
  void elementwise_raggedLengths_agree(int n) {
    HostArray x = Values.array(1, F32, n);
    HostArray y = Values.array(2, F32, n);
    Modes.agree(VectorAdd.over(n), TOY, x, y, HostArray.zeros(F32, n));
    Modes.agree(Elementwise.over(Elementwise.DIV, n), TOY, x, y, HostArray.zeros(F32, n));
    Modes.agree(
        Elementwise.over(Elementwise.SCALE.with("TYPE", BF16), n),
        TOY,
        Values.array(3, BF16, n),
        HostArray.zeros(BF16, n),
        0.3f);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 37", "13, 128"})
  void softmax_raggedRows_agree(int rows, int columns) {
    Modes.agree(
        Softmax.over(rows, columns, TOY),
        TOY,
        Values.array(1, F32, rows, columns),
        HostArray.zeros(F32, rows, columns));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "70, 45, 50", "33, 64, 17"})
  void matmul_raggedSizes_agree(int m, int n, int k) {
    for (DType type : new DType[] {BF16, F16, FP8_E4M3}) {
      Modes.agree(
          Matmul.over(m, n, k, type, F32, TOY),
          TOY,
          Values.array(1, type, m, k),
          Values.array(2, type, k, n),
          HostArray.zeros(F32, m, n));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 16, 32", "37, 50, 96"})
  void linearMx_raggedSizes_agree(int m, int n, int k) {
    var problem = new Blocks.Problem(m, n, k, BlockFormat.MXFP4, BlockFormat.MXFP8_E4M3, F32);
    Modes.agree(
        LinearMx.over(problem, Activation.RELU, Set.<Linear.Part>of(), TOY),
        TOY,
        quantised(1, BlockFormat.MXFP4, m, k),
        quantised(2, BlockFormat.MXFP8_E4M3, n, k),
        HostArray.zeros(F32, m, n));
  }

  @ParameterizedTest
  @CsvSource({"1, 32", "19, 300"})
  void quantise_raggedRows_agree(int rows, int columns) {
    Modes.agree(
        Quantise.over(rows, columns, BlockFormat.MXFP8_E5M2),
        TOY,
        Values.array(1, F32, rows, columns),
        HostArray.zeros(BlockFormat.MXFP8_E5M2, rows, columns));
  }

  private static HostArray quantised(long seed, BlockFormat format, int rows, int columns) {
    return BlockCodec.quantize(Values.array(seed, F32, rows, columns), format, ScaleRule.FLOOR);
  }
}
