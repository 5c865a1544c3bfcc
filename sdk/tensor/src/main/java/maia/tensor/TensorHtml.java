package maia.tensor;

import java.util.Locale;

/// A tensor in a notebook: shape, type and device, a strip of colours over all its elements in row
/// order, and the values at its corners. Blue is negative, orange positive, which people with any
/// colour vision tell apart; darker is larger, and grey has no number.
final class TensorHtml {
  private static final int EDGE = 4;
  private static final int CELLS = 64;

  /// Elements read for one cell of the strip; the strip of a large tensor is a sample.
  private static final int SAMPLES = 16;

  private static final int CELL_WIDTH = 6;
  private static final int HEIGHT = 14;
  private static final int[] NEGATIVE = {0x21, 0x66, 0xac};
  private static final int[] MIDDLE = {0xf7, 0xf7, 0xf7};
  private static final int[] POSITIVE = {0xb3, 0x58, 0x06};

  private TensorHtml() {}

  static String of(Tensor x) {
    StringBuilder html = new StringBuilder("<div style=\"font-family:monospace\"><b>");
    html.append(x.type().label()).append(' ').append(Layout.text(x.shape()));
    html.append("</b> on ").append(x.device());
    html.append(x.requiresGrad() ? ", requires grad" : "").append("</div>");
    if (x.isMeta() || x.elements() == 0) {
      return html.toString();
    }
    Tensor values = Autograd.noGrad(() -> Printer.onHost(x));
    if (x.elements() > 1) {
      html.append(strip(values));
    }
    return html.append(table(values)).toString();
  }

  // ---------------------------------------------------------------- the strip

  private static String strip(Tensor x) {
    double[] cells = cells(x);
    double largest = 0;
    for (double cell : cells) {
      largest = Double.isFinite(cell) ? Math.max(largest, Math.abs(cell)) : largest;
    }
    int width = cells.length * CELL_WIDTH;
    StringBuilder svg = new StringBuilder("<svg width=\"").append(width);
    svg.append("\" height=\"").append(HEIGHT).append("\" role=\"img\" aria-label=\"values in row");
    svg.append(" order, blue negative, orange positive\" style=\"display:block;margin:3px 0\">");
    for (int i = 0; i < cells.length; i++) {
      svg.append("<rect x=\"").append(i * CELL_WIDTH).append("\" width=\"").append(CELL_WIDTH);
      svg.append("\" height=\"").append(HEIGHT).append("\" fill=\"");
      svg.append(colour(cells[i], largest)).append("\"/>");
    }
    String scale = String.format(Locale.ROOT, "%.3g", largest);
    return svg.append("</svg><small>colours: &minus;")
        .append(scale)
        .append(" to ")
        .append(scale)
        .append(x.elements() > cells.length ? ", means of neighbours" : "")
        .append("</small>")
        .toString();
  }

  /// One number per cell: the mean of at most [#SAMPLES] elements of its stretch.
  private static double[] cells(Tensor x) {
    long count = x.elements();
    double[] cells = new double[(int) Math.min(CELLS, count)];
    for (int c = 0; c < cells.length; c++) {
      long from = count / cells.length * c + Math.min(c, count % cells.length);
      long to = count / cells.length * (c + 1) + Math.min(c + 1, count % cells.length);
      long samples = Math.min(SAMPLES, to - from);
      double sum = 0;
      for (long s = 0; s < samples; s++) {
        sum += at(x, from + (to - from) * s / samples);
      }
      cells[c] = sum / samples;
    }
    return cells;
  }

  /// The element with this number in row order.
  private static double at(Tensor x, long number) {
    long[] shape = x.layout().shape();
    long[] strides = x.layout().strides();
    long left = number;
    long place = x.offset();
    for (int d = shape.length - 1; d >= 0; d--) {
      place += left % shape[d] * strides[d];
      left /= shape[d];
    }
    Layout one = new Layout(new long[0], new long[0], place);
    return Host.doubles(x.viewed(one))[0];
  }

  private static String colour(double value, double largest) {
    if (Double.isNaN(value)) {
      return "#999999";
    }
    double share = largest == 0 ? 0 : Math.clamp(value / largest, -1.0, 1.0);
    int[] end = share < 0 ? NEGATIVE : POSITIVE;
    int colour = 0;
    for (int part = 0; part < MIDDLE.length; part++) {
      double mixed = MIDDLE[part] + (end[part] - MIDDLE[part]) * Math.abs(share);
      colour = colour << 8 | (int) Math.rint(mixed);
    }
    return String.format(Locale.ROOT, "#%06x", colour);
  }

  // ---------------------------------------------------------------- the values

  /// The corner of the first matrix of a tensor of more dimensions.
  private static String table(Tensor x) {
    Tensor matrix = x;
    StringBuilder html = new StringBuilder();
    if (x.rank() > 2) {
      html.append("<div><small>[").append("0, ".repeat(x.rank() - 2)).append(":, :]</small></div>");
      while (matrix.rank() > 2) {
        Tensor outer = matrix;
        matrix = Autograd.noGrad(() -> outer.select(0, 0));
      }
    }
    Tensor rows = matrix.rank() == 2 ? matrix : matrix.viewed(asRow(matrix.layout()));
    Tensor shown = Printer.corner(rows, EDGE);
    String[] values = Printer.texts(shown, Printer.format(shown, Host.doubles(shown)));
    int columns = (int) shown.size(1);
    html.append("<table>");
    for (int r = 0; r < shown.size(0); r++) {
      html.append(r == EDGE && rows.size(0) > 2 * EDGE ? gap(columns, rows) : "").append("<tr>");
      for (int c = 0; c < columns; c++) {
        html.append(c == EDGE && rows.size(1) > 2 * EDGE ? "<td>&hellip;</td>" : "");
        html.append("<td style=\"text-align:right\">");
        html.append(values[r * columns + c].strip()).append("</td>");
      }
      html.append("</tr>");
    }
    return html.append("</table>").toString();
  }

  private static Layout asRow(Layout x) {
    long size = x.rank() == 0 ? 1 : x.shape()[0];
    long stride = x.rank() == 0 ? 1 : x.strides()[0];
    return new Layout(new long[] {1, size}, new long[] {stride, stride}, x.offset());
  }

  private static String gap(int columns, Tensor rows) {
    int cells = columns + (rows.size(1) > 2 * EDGE ? 1 : 0);
    return "<tr>" + "<td style=\"text-align:right\">&#8942;</td>".repeat(cells) + "</tr>";
  }
}
