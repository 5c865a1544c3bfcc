package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
  /// Three standard errors of a deviation estimated from this many values.
  private static final double SHARE = 3 / Math.sqrt(2.0 * 60 * 40 * 9);

  private static double deviation(Tensor x) {
    double sum = 0;
    for (float v : x.toArray()) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum / x.elements());
  }

  @Test
  void schemes_ofAConvolution_haveTheirDeviation() {
    long[] shape = {60, 40, 3, 3};
    double in = 40 * 9;
    double out = 60 * 9;
    double root2 = Math.sqrt(2);

    assertThat(deviation(Init.xavierUniform(1, 1, shape)))
        .isCloseTo(Math.sqrt(2 / (in + out)), within(SHARE * 0.1));
    assertThat(deviation(Init.xavierNormal(2, 2, shape)))
        .isCloseTo(2 * Math.sqrt(2 / (in + out)), within(SHARE * 0.1));
    assertThat(deviation(Init.kaimingUniform(root2, Init.Fan.IN, 3, shape)))
        .isCloseTo(Math.sqrt(2 / in), within(SHARE * 0.1));
    assertThat(deviation(Init.kaimingNormal(root2, Init.Fan.OUT, 4, shape)))
        .isCloseTo(Math.sqrt(2 / out), within(SHARE * 0.1));
  }

  @Test
  void schemes_ofOneSeed_repeat() {
    assertThat(Init.kaimingNormal(1, Init.Fan.IN, 5, 7, 9).toArray())
        .isEqualTo(Init.kaimingNormal(1, Init.Fan.IN, 5, 7, 9).toArray())
        .isNotEqualTo(Init.kaimingNormal(1, Init.Fan.IN, 6, 7, 9).toArray());
  }

  @Test
  void truncatedNormal_everyValue_liesWithinTheBound() {
    Tensor x = Init.truncatedNormal(2, 3, 1, 5000);

    assertThat(x.abs().max().item()).isLessThanOrEqualTo(3);
    // the deviation of a normal distribution cut at 1.5 deviations is 0.7426 of the whole one
    assertThat(deviation(x)).isCloseTo(2 * 0.7426, within(0.05));
  }

  @ParameterizedTest
  @CsvSource({"5, 8", "8, 5", "6, 6"})
  void orthogonal_shortSide_isOrthonormal(long rows, long columns) {
    Tensor x = Init.orthogonal(2, 3, rows, columns);
    Tensor square = rows <= columns ? x.matmul(x.t()) : x.t().matmul(x);
    Tensor expected = Init.eye(Math.min(rows, columns), Math.min(rows, columns)).mul(4);

    assertThat(square.sub(expected).abs().max().item()).isLessThan(2e-6f);
  }

  @Test
  void set_parameter_changesItInPlace() {
    Linear layer = new Linear(2, 3, 1);
    Init.set(layer.weight(), Init.eye(3, 2));

    assertThat(layer.weight().toArray()).containsExactly(1, 0, 0, 1, 0, 0);
  }

  @Test
  void xavier_ofAVector_refused() {
    assertThatThrownBy(() -> Init.xavierUniform(1, 1, 5))
        .hasMessage("fan: needs a shape [out, in, ..] of at least two dimensions, got [5]");
  }
}
