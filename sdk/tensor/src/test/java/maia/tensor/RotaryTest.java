package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maia.numerics.DType;
import maia.tensor.nn.RotaryAngles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotaryTest {
  private static final int CHANNELS = 8;

  @ParameterizedTest
  @EnumSource
  void rotary_everyPair_turnsByPositionTimesFrequency(Rotary.Pairs pairs) {
    float[] frequencies = RotaryAngles.frequencies(CHANNELS, 10_000);
    RotaryAngles angles = RotaryAngles.of(frequencies, 5, 3);
    Tensor x = Tensor.randn(DType.F32, 1, 2, 3, CHANNELS);
    float[] y = Functional.rotary(x, angles.cos(), angles.sin(), pairs).toArray();
    float[] from = x.toArray();
    int half = CHANNELS / 2;
    for (int row = 0; row < 6; row++) {
      for (int i = 0; i < half; i++) {
        int a = row * CHANNELS + (pairs == Rotary.Pairs.HALVES ? i : 2 * i);
        int b = pairs == Rotary.Pairs.HALVES ? a + half : a + 1;
        double angle = (5 + row % 3) * Math.pow(10_000, -2.0 * i / CHANNELS);
        assertThat((double) y[a])
            .isCloseTo(from[a] * Math.cos(angle) - from[b] * Math.sin(angle), within(2e-6));
        assertThat((double) y[b])
            .isCloseTo(from[b] * Math.cos(angle) + from[a] * Math.sin(angle), within(2e-6));
      }
    }
  }

  @Test
  void frequencies_ofLlama_areThePowersOfTheBase() {
    float[] frequencies = RotaryAngles.frequencies(128, 500_000);

    for (int i = 0; i < frequencies.length; i++) {
      assertThat(frequencies[i])
          .isCloseTo((float) Math.pow(500_000, -2.0 * i / 128), within(Math.ulp(frequencies[i])));
    }
  }

  @Test
  void rotary_gradient_turnsBack() {
    RotaryAngles angles = RotaryAngles.of(RotaryAngles.frequencies(4, 100), 0, 3);
    Tensor x = Tensor.randn(DType.F32, 1, 3, 6).requireGrad();
    Tensor g = Tensor.randn(DType.F32, 2, 3, 6);
    Tensor y = Functional.rotary(x, angles.cos(), angles.sin(), Rotary.Pairs.NEIGHBOURS);
    y.backward(g);

    assertThat(x.mul(x.grad()).sum().item()).isCloseTo(y.mul(g).sum().item(), within(1e-5f));
    assertThat(y.slice(1, 4, 6).toArray()).isEqualTo(x.slice(1, 4, 6).toArray());
  }

  @Test
  void rotary_tooManyPairs_refused() {
    RotaryAngles angles = RotaryAngles.of(RotaryAngles.frequencies(8, 100), 0, 3);

    Messages.shapeRefusal(() ->
            Functional.rotary(Tensor.zeros(3, 6), angles.cos(), angles.sin(), Rotary.Pairs.HALVES))
        .isEqualTo(
            "rotary: cos and sin must be [.., positions, pairs] for x [.., positions, channels] with"
                + " at most half as many pairs as channels; x is 3x6, cos is 3x4, sin is 3x4");
  }
}
