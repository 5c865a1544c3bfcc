package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Colours as people with the three kinds of colour blindness see them: the matrices of Machado,
/// Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
/// Deficiency", 2009, at full severity, on linear RGB; differences in CIELAB.
class PaletteTest {
  private static final Map<String, double[]> SIGHTS =
      Map.of(
          "ordinary", new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1},
          "protanopia",
              new double[] {
                0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116,
                1.051998
              },
          "deuteranopia",
              new double[] {
                0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940,
                0.968881
              },
          "tritanopia",
              new double[] {
                1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367,
                0.303900
              });

  /// Two is just noticeable side by side; small marks of a chart need several times that.
  private static final double TOLD_APART = 10;

  @Test
  void seriesColours_areToldApart_byEveryKindOfSight() {
    Color[] series = Palette.series();
    SIGHTS.forEach((sight, matrix) -> {
      for (int i = 0; i < series.length; i++) {
        for (int j = i + 1; j < series.length; j++) {
          assertThat(distance(lab(series[i], matrix), lab(series[j], matrix)))
              .as("%s: colours %d and %d", sight, i, j)
              .isGreaterThan(TOLD_APART);
        }
      }
    });
  }

  @Test
  void ramp_growsEvenlyInBrightness_forEveryKindOfSight() {
    SIGHTS.forEach((sight, matrix) -> {
      double last = -1;
      for (int step = 0; step <= 10; step++) {
        double brightness = lab(Palette.ramp(step / 10.0), matrix)[0];
        assertThat(brightness).as("%s: step %d", sight, step).isGreaterThan(last + 3);
        last = brightness;
      }
    });
  }

  private static double distance(double[] a, double[] b) {
    return Math.sqrt(
        Math.pow(a[0] - b[0], 2) + Math.pow(a[1] - b[1], 2) + Math.pow(a[2] - b[2], 2));
  }

  private static double[] lab(Color colour, double[] sight) {
    double[] rgb = {linear(colour.getRed()), linear(colour.getGreen()), linear(colour.getBlue())};
    double[] seen = new double[3];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 3; column++) {
        seen[row] += sight[3 * row + column] * rgb[column];
      }
      seen[row] = Math.clamp(seen[row], 0, 1);
    }
    double x = (0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.9505;
    double y = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2];
    double z = (0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.089;
    return new double[] {
      116 * curve(y) - 16, 500 * (curve(x) - curve(y)), 200 * (curve(y) - curve(z))
    };
  }

  private static double linear(int code) {
    double c = code / 255.0;
    return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
  }

  private static double curve(double t) {
    return t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16.0 / 116;
  }
}
