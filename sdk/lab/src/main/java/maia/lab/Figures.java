package maia.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/// Sizes and numbers of all charts, and pictures of those that were made with XChart.
final class Figures {
  static final int WIDTH = 640;
  static final int HEIGHT = 400;

  private static final Pattern LONG_FRACTION = Pattern.compile("(\\d\\.\\d\\d)\\d+");

  private Figures() {}

  /// The drawing of a chart that somebody else made; its text form is its title.
  static Figure of(Chart<?, ?> chart) {
    try {
      ByteArrayOutputStream svg = new ByteArrayOutputStream();
      VectorGraphicsEncoder.saveVectorGraphic(
          chart, svg, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
      byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG);
      return new Figure(shortened(svg.toString(StandardCharsets.UTF_8)), png, chart.getTitle());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot draw '" + chart.getTitle() + "'", e);
    }
  }

  /// A hundredth of a pixel is enough, and halves the text.
  private static String shortened(String svg) {
    // from the element on: an XML declaration inside a notebook stops nbconvert
    String element = svg.substring(Math.max(0, svg.indexOf("<svg")));
    return LONG_FRACTION.matcher(element).replaceAll("$1");
  }

  /// Four significant digits, without an exponent where the number stays short.
  static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e7) {
      return String.valueOf((long) value);
    }
    double magnitude = Math.abs(value);
    if (magnitude >= 1e7 || magnitude < 1e-3) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    int decimals =
        magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : magnitude >= 1 ? 3 : 5;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /// Round positions from 0 to `end`, four to ten of them: multiples of 1, 2 or 5 times a power of
  /// ten.
  static double[] ticks(double end) {
    if (!(end > 0)) {
      return new double[] {0};
    }
    double power = Math.pow(10, Math.floor(Math.log10(end)));
    double step = end / power < 2 ? power / 5 : end / power < 5 ? power / 2 : power;
    double[] ticks = new double[(int) Math.floor(end / step * (1 + 1e-9)) + 1];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = i * step;
    }
    return ticks;
  }

  /// The words at a tick: no more digits than its step needs.
  static String tick(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
