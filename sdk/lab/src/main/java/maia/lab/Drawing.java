package maia.lab;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import javax.imageio.ImageIO;

/// A picture of boxes, lines and words, drawn once and written as SVG and as PNG; the same shapes
/// give the same SVG everywhere.
final class Drawing {
  /// Where a word stands relative to its point.
  enum Anchor {
    START("start"),
    MIDDLE("middle"),
    END("end");

    final String svg;

    Anchor(String svg) {
      this.svg = svg;
    }
  }

  private sealed interface Shape {}

  private record Box(double x, double y, double w, double h, Color fill, boolean isOutline)
      implements Shape {}

  private record Path(double[] xs, double[] ys, Color colour, double width, float[] dashes)
      implements Shape {}

  private record Area(double[] xs, double[] ys, Color fill) implements Shape {}

  private record Word(
      double x, double y, String text, Anchor anchor, int size, Color colour, boolean isBold)
      implements Shape {}

  private static final float[] WHOLE = {};
  private static final float[] DASHES = {6, 4};

  /// Width of a letter over the size of its font, rather too much than too little: fonts differ.
  private static final double LETTER = 0.6;

  private final int width;
  private final int height;
  private final List<Shape> shapes = new ArrayList<>();

  Drawing(int width, int height) {
    this.width = width;
    this.height = height;
  }

  int width() {
    return width;
  }

  /// About how wide a text is.
  static double width(String text, int size) {
    return LETTER * size * text.length();
  }

  Drawing box(double x, double y, double w, double h, Color fill) {
    shapes.add(new Box(x, y, w, h, fill, false));
    return this;
  }

  Drawing outline(double x, double y, double w, double h, Color colour) {
    shapes.add(new Box(x, y, w, h, colour, true));
    return this;
  }

  Drawing line(double x1, double y1, double x2, double y2, Color colour) {
    return path(new double[] {x1, x2}, new double[] {y1, y2}, colour, 1, false);
  }

  Drawing path(double[] xs, double[] ys, Color colour, double thick, boolean isDashed) {
    return path(xs, ys, colour, thick, isDashed ? DASHES : WHOLE);
  }

  /// The same with dashes and gaps of these lengths in turn; none is a whole line.
  Drawing path(double[] xs, double[] ys, Color colour, double thick, float[] dashes) {
    shapes.add(new Path(xs.clone(), ys.clone(), colour, thick, dashes.clone()));
    return this;
  }

  /// A filled polygon.
  Drawing area(double[] xs, double[] ys, Color fill) {
    shapes.add(new Area(xs.clone(), ys.clone(), fill));
    return this;
  }

  Drawing word(double x, double y, String text, Anchor anchor) {
    return word(x, y, text, anchor, 12, Palette.TEXT, false);
  }

  Drawing title(String text) {
    return word(width / 2.0, 22, text, Anchor.MIDDLE, 15, Palette.TEXT, true);
  }

  Drawing word(
      double x, double y, String text, Anchor anchor, int size, Color colour, boolean isBold) {
    shapes.add(new Word(x, y, text, anchor, size, colour, isBold));
    return this;
  }

  Figure figure(String text) {
    return new Figure(svg(), png(), text);
  }

  /// The picture as an image element that survives where bare SVG is dropped.
  String image(String description) {
    String data = Base64.getEncoder().encodeToString(svg().getBytes(StandardCharsets.UTF_8));
    return "<img alt=\"%s\" width=\"%d\" height=\"%d\" src=\"data:image/svg+xml;base64,%s\">"
        .formatted(escape(description), width, height, data);
  }

  // ---- SVG

  String svg() {
    StringBuilder out = new StringBuilder();
    out.append(
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
                + " font-family=\"sans-serif\">\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n")
            .formatted(width, height, width, height, width, height));
    shapes.forEach(shape -> out.append(element(shape)).append('\n'));
    return out.append("</svg>\n").toString();
  }

  private static String element(Shape shape) {
    return switch (shape) {
      case Box(double x, double y, double w, double h, var colour, boolean isOutline) ->
          "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s/>"
              .formatted(
                  number(x),
                  number(y),
                  number(w),
                  number(h),
                  isOutline
                      ? "fill=\"none\" stroke=\"" + hex(colour) + "\" stroke-width=\"2\""
                      : "fill=\"" + hex(colour) + "\"");
      case Area(var xs, var ys, var fill) ->
          "<polygon points=\"%s\" fill=\"%s\"/>".formatted(points(xs, ys), hex(fill));
      case Path(var xs, var ys, var colour, double thick, float[] dashes) ->
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>"
              .formatted(
                  points(xs, ys),
                  hex(colour),
                  number(thick),
                  dashes.length == 0 ? "" : " stroke-dasharray=\"" + lengths(dashes) + "\"");
      case Word(double x, double y, var text, var anchor, int size, var colour, boolean isBold) ->
          "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" font-size=\"%d\" fill=\"%s\"%s>%s</text>"
              .formatted(
                  number(x),
                  number(y),
                  anchor.svg,
                  size,
                  hex(colour),
                  isBold ? " font-weight=\"bold\"" : "",
                  escape(text));
    };
  }

  private static String lengths(float[] dashes) {
    StringJoiner lengths = new StringJoiner(" ");
    for (float dash : dashes) {
      lengths.add(number(dash));
    }
    return lengths.toString();
  }

  private static String points(double[] xs, double[] ys) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < xs.length; i++) {
      points.append(i == 0 ? "" : " ").append(number(xs[i])).append(',').append(number(ys[i]));
    }
    return points.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
  }

  static String hex(Color colour) {
    return String.format(Locale.ROOT, "#%06x", colour.getRGB() & 0xffffff);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  // ---- PNG

  private byte[] png() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, width, height);
    shapes.forEach(shape -> paint(g, shape));
    g.dispose();
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, "png", bytes);
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a picture", e);
    }
  }

  private static void paint(Graphics2D g, Shape shape) {
    switch (shape) {
      case Box(double x, double y, double w, double h, var colour, boolean isOutline) -> {
        g.setColor(colour);
        g.setStroke(new BasicStroke(2));
        Rectangle2D box = new Rectangle2D.Double(x, y, w, h);
        if (isOutline) {
          g.draw(box);
        } else {
          g.fill(box);
        }
      }
      case Area(var xs, var ys, var fill) -> {
        g.setColor(fill);
        g.fill(outline(xs, ys));
      }
      case Path(var xs, var ys, var colour, double thick, float[] dashes) -> {
        g.setColor(colour);
        float[] dash = dashes.length == 0 ? null : dashes;
        g.setStroke(
            new BasicStroke(
                (float) thick, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
        g.draw(outline(xs, ys));
      }
      case Word(double x, double y, var text, var anchor, int size, var colour, boolean isBold) -> {
        g.setColor(colour);
        g.setFont(new Font(Font.SANS_SERIF, isBold ? Font.BOLD : Font.PLAIN, size));
        FontMetrics metrics = g.getFontMetrics();
        double wide = metrics.stringWidth(text);
        double left =
            switch (anchor) {
              case START -> x;
              case MIDDLE -> x - wide / 2;
              case END -> x - wide;
            };
        g.drawString(text, (float) left, (float) y);
      }
    }
  }

  private static java.awt.Shape outline(double[] xs, double[] ys) {
    if (xs.length == 2) {
      return new Line2D.Double(xs[0], ys[0], xs[1], ys[1]);
    }
    Path2D path = new Path2D.Double();
    path.moveTo(xs[0], ys[0]);
    for (int i = 1; i < xs.length; i++) {
      path.lineTo(xs[i], ys[i]);
    }
    return path;
  }
}
