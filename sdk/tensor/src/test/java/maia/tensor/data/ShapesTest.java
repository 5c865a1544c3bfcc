package maia.tensor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ShapesTest {
  /// The mean ink around the middle of the image, by class.
  private static double[] middles(int count) {
    TensorDataset data = Shapes.generate(3, Part.TRAIN, count);
    float[] pixels = data.inputs().toArray();
    long[] labels = data.targets().toLongs();
    double[] sums = new double[Shapes.CLASSES.size()];
    int[] seen = new int[sums.length];
    for (int i = 0; i < count; i++) {
      seen[(int) labels[i]]++;
      sums[(int) labels[i]] += pixels[i * Shapes.SIDE * Shapes.SIDE + 16 * Shapes.SIDE + 16];
    }
    for (int c = 0; c < sums.length; c++) {
      assertThat(seen[c]).isGreaterThan(count / 24);
      sums[c] /= seen[c];
    }
    return sums;
  }

  @Test
  void generate_filledShapes_haveInkInTheMiddleAndOutlinesHaveNot() {
    double[] middles = middles(1_200);
    for (int c = 0; c < middles.length; c += 2) {
      assertThat(middles[c]).as(Shapes.CLASSES.get(c)).isGreaterThan(0.75);
      assertThat(middles[c + 1]).as(Shapes.CLASSES.get(c + 1)).isLessThan(middles[c] - 0.3);
    }
  }

  @Test
  void generate_oneImage_dependsOnItsNumberAlone() {
    float[] ten = Shapes.generate(7, Part.TEST, 10).inputs().toArray();
    float[] three = Shapes.generate(7, Part.TEST, 3).inputs().toArray();
    assertThat(Arrays.copyOf(ten, three.length)).isEqualTo(three);
    assertThat(Shapes.generate(7, Part.TRAIN, 3).inputs().toArray()).isNotEqualTo(three);
  }

  @Test
  void modularAddition_everyPairOnce_sumsModulo() {
    TensorDataset data = ModularAddition.of(5);
    long[] inputs = data.inputs().toLongs();
    long[] targets = data.targets().toLongs();
    Set<Long> pairs = new TreeSet<>();
    for (int i = 0; i < 25; i++) {
      pairs.add(100 * inputs[2 * i] + inputs[2 * i + 1]);
      assertThat(targets[i]).isEqualTo((inputs[2 * i] + inputs[2 * i + 1]) % 5);
    }
    assertThat(pairs).hasSize(25);
  }

  @Test
  void modularAddition_modulusOutOfRange_isRefused() {
    assertThatThrownBy(() -> ModularAddition.of(0))
        .hasMessage("modular addition: the modulus must be 1 to 4096, was 0");
  }
}
