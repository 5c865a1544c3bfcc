package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What library products reach of the tensor units' peak on Maia 200 at 2.0 GHz, timing only,
/// launch excluded: lower bounds, a little below what the model gives.
class ProductSpeedTest {
  private static final Machine MACHINE = Chip.MAIA_200.atClock(2.0e9);

  private static double seconds(int m, int n, int k, DType type) {
    Run run =
        Matmul.over(m, n, k, type, DType.BF16, MACHINE)
            .on(new OnSim(MACHINE))
            .timing(
                HostArray.meta(type, m, k),
                HostArray.meta(type, k, n),
                HostArray.meta(DType.BF16, m, n));
    return run.picoseconds() * 1e-12;
  }

  @ParameterizedTest
  @CsvSource({
    "9216, 9216, 9216, BF16, 0.99",
    "8192, 8192, 8192, BF16, 0.97",
    "4096, 4096, 4096, BF16, 0.93",
    "2048, 2048, 2048, BF16, 0.70",
    "1024, 16384, 16384, BF16, 0.94",
    "9216, 9216, 16384, FP8_E4M3, 0.965",
    "9216, 9216, 9216, FP8_E4M3, 0.94",
    "4096, 8192, 8192, FP8_E4M3, 0.80",
    "9216, 9216, 9216, FP4_E2M1, 0.90",
  })
  void product_shareOfPeak_isAtLeast(int m, int n, int k, DType type, double least) {
    double share = 2.0 * m * n * k / seconds(m, n, k, type) / MACHINE.peakFlops(type);
    assertThat(share).isBetween(least, 1.0);
  }

  @Test
  void productOfBlockFormat_shareOfPeak_isAtLeast() {
    int m = 4096;
    int n = 8192;
    int k = 8192;
    BlockFormat format = BlockFormat.MXFP4;
    Run run =
        LinearMx.over(
                new Blocks.Problem(m, n, k, format, format, DType.BF16),
                Activation.NONE,
                Set.of(),
                MACHINE)
            .on(new OnSim(MACHINE))
            .timing(
                HostArray.meta(format, m, k),
                HostArray.meta(format, n, k),
                HostArray.meta(DType.BF16, m, n));
    double share =
        2.0 * m * n * k / (run.picoseconds() * 1e-12) / MACHINE.peakFlops(DType.FP4_E2M1);
    assertThat(share).isBetween(0.65, 1.0);
  }

  @ParameterizedTest
  @CsvSource({"1, 0.70", "16, 0.70", "128, 0.58"})
  void decode_shareOfHbm_isAtLeast(int m, double least) {
    int n = 8192;
    double bytes = 2.0 * n * n + 4.0 * m * n;
    double share = bytes / seconds(m, n, n, DType.BF16) / MACHINE.hbm().bytesPerSecond();
    assertThat(share).isBetween(least, MACHINE.hbm().bankEfficiency());
  }
}
