package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.Blocks;
import maia.kernel.library.GemmSpeed;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the library's matrix product reaches on the whole chip, and that its largest sizes may be
/// timed from a few superblocks.
class GemmSpeedTest {
  private static final Machine PUBLISHED = Chip.MAIA_200.atClock(2.0e9);

  /// How far the time from a few superblocks may be from that of all of them.
  private static final double STEADY = 0.001;

  private static Blocks.Problem problem(DType type, long m, long n, long k) {
    return new Blocks.Problem(m, n, k, type, type, BF16);
  }

  static Stream<Arguments> many() {
    return Stream.of(Arguments.of(6400, 58_000, 512)); // sizes differ by a unit, ragged
  }

  @ParameterizedTest
  @MethodSource("many")
  void steady_equalsTheWholeRun(long m, long n, long k) {
    var launcher = new OnSim(PUBLISHED);
    GemmSpeed whole = GemmSpeed.of(problem(BF16, m, n, k), Path.AUTO, launcher);
    GemmSpeed steady = GemmSpeed.steady(problem(BF16, m, n, k), Path.AUTO, launcher);
    assertThat(steady.bound()).isEqualTo("steady state of 8 superblocks");
    assertThat(steady.seconds()).isCloseTo(whole.seconds(), within(STEADY * whole.seconds()));
  }

  @Test
  void steady_ofFewSuperblocks_isTheWholeRun() {
    var launcher = new OnSim(Chip.TOY);
    assertThat(GemmSpeed.steady(problem(BF16, 100, 100, 64), Path.AUTO, launcher))
        .isEqualTo(GemmSpeed.of(problem(BF16, 100, 100, 64), Path.AUTO, launcher));
  }

  /// 59 to 79 TFLOP of work, every dimension at least 1,024.
  static Stream<Arguments> large() {
    return Stream.of(Arguments.of(61_440, 61_440, 8192), Arguments.of(2048, 884_736, 16_384));
  }

  @ParameterizedTest
  @MethodSource("large")
  void bf16_above58Teraflop_isAboveNineTenthsOfThePeak(long m, long n, long k) {
    // the share of the peak grows with the depth, so a quarter of it is a lower bound
    GemmSpeed speed = GemmSpeed.steady(problem(BF16, m, n, k / 4), Path.AUTO, new OnSim(PUBLISHED));
    assertThat(speed.ofPeak()).isGreaterThan(0.9);
  }

  @Test
  void stagedPath_memoryBound_levelsOffAtHalfOfHbm() {
    var launcher = new OnSim(PUBLISHED);
    GemmSpeed below = GemmSpeed.of(problem(BF16, 16, 5632, 8192), Path.STAGED, launcher);
    GemmSpeed above = GemmSpeed.of(problem(BF16, 16, 8192, 8192), Path.STAGED, launcher);
    GemmSpeed level = GemmSpeed.of(problem(BF16, 16, 16_384, 16_384), Path.STAGED, launcher);
    assertThat(below.operandBytes() / (1 << 20)).isBetween(88.0, 90.0);
    assertThat(above.operandBytes() / (1 << 20)).isBetween(128.0, 129.0);
    assertThat(below.ofBandwidth()).isBetween(0.45, 0.499);
    assertThat(above.ofBandwidth()).isBetween(0.501, 0.53);
    assertThat(level.ofBandwidth()).isBetween(0.51, 0.58);
  }

  @Test
  void fp8_staged_levelsOffToo() {
    GemmSpeed level =
        GemmSpeed.of(problem(FP8_E4M3, 16, 16_384, 16_384), Path.STAGED, new OnSim(PUBLISHED));
    assertThat(level.ofBandwidth()).isBetween(0.48, 0.58);
  }

  @Test
  void blockFormats_areRefused() {
    var problem =
        new Blocks.Problem(64, 64, 64, BlockFormat.MXFP8_E4M3, BlockFormat.MXFP8_E4M3, BF16);
    assertThatThrownBy(() -> GemmSpeed.of(problem, Path.AUTO, new OnSim(Chip.TOY)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "matmul: both operands have the same plain element type, were mxfp8_e4m3 and mxfp8_e4m3; use LinearMx for block formats");
  }
}
