package maia.tensor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DigitsTest {
  @Test
  void image_dependsOnSeedSplitAndIndexOnly() {
    float[] many = Digits.generate(7, Digits.Split.TRAIN, 600).inputs().get(40).toArray();
    float[] few = Digits.generate(7, Digits.Split.TRAIN, 41).inputs().get(40).toArray();

    assertThat(few).isEqualTo(many);
    assertThat(Digits.generate(7, Digits.Split.TEST, 41).inputs().get(40).toArray())
        .isNotEqualTo(few);
    assertThat(Digits.generate(8, Digits.Split.TRAIN, 41).inputs().get(40).toArray())
        .isNotEqualTo(few);
  }

  @Test
  void classes_areBalanced() {
    long[] labels = Digits.generate(7, Digits.Split.TRAIN, 5000).targets().toLongs();
    int[] counts = new int[Digits.CLASSES];
    for (long label : labels) {
      counts[(int) label]++;
    }
    for (int count : counts) {
      assertThat(count).isBetween(400, 600);
    }
  }

  @Test
  void corners_holdPaperAndNoise() {
    TensorDataset data = Digits.generate(7, Digits.Split.TRAIN, 2000);
    float[] corner = data.inputs().select(1, 0).toArray();
    double sum = 0;
    double squares = 0;
    for (float v : corner) {
      sum += v;
      squares += v * v;
    }
    assertThat(sum / 2000).isCloseTo(0, within(0.02));
    assertThat(Math.sqrt(squares / 2000)).isCloseTo(0.25, within(0.02));
  }
}
