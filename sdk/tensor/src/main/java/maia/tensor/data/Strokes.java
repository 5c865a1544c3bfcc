package maia.tensor.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.Fmath;

/// The glyphs of the digits as line segments in the box -1 to 1, y downwards. A glyph is an array
/// of segments, four numbers each: start x, y, end x, y.
final class Strokes {
  private static final List<float[]> GLYPHS =
      IntStream.range(0, Digits.CLASSES).mapToObj(Strokes::glyph).toList();

  private Strokes() {}

  /// The segments of a digit; not to be changed.
  static float[] of(int digit) {
    return GLYPHS.get(digit);
  }

  private static float[] glyph(int digit) {
    Pen pen = new Pen();
    switch (digit) {
      case 0 -> pen.arc(0, 0, 0.6f, 0.95f, 0, 360);
      case 1 -> pen.line(-0.35f, -0.55f, 0.05f, -0.95f, 0.05f, 0.95f);
      case 2 ->
          pen.arc(0, -0.45f, 0.55f, 0.5f, 180, 395).line(0.45f, -0.16f, -0.6f, 0.95f, 0.65f, 0.95f);
      case 3 -> pen.arc(0, -0.48f, 0.5f, 0.47f, 200, 450).arc(0, 0.47f, 0.55f, 0.48f, 270, 520);
      case 4 -> pen.line(0.3f, 0.95f, 0.3f, -0.95f, -0.6f, 0.35f, 0.7f, 0.35f);
      case 5 ->
          pen.line(0.5f, -0.95f, -0.45f, -0.95f, -0.5f, -0.1f)
              .arc(-0.02f, 0.35f, 0.58f, 0.6f, 215, 505);
      case 6 -> pen.arc(0, 0.42f, 0.52f, 0.53f, 0, 360).arc(0.45f, 0.42f, 0.97f, 1.37f, 180, 265);
      case 7 -> pen.line(-0.6f, -0.95f, 0.6f, -0.95f, -0.15f, 0.95f);
      case 8 -> pen.arc(0, -0.48f, 0.45f, 0.47f, 0, 360).arc(0, 0.47f, 0.55f, 0.48f, 0, 360);
      case 9 -> pen.arc(0, -0.42f, 0.52f, 0.53f, 0, 360).arc(-0.45f, -0.42f, 0.97f, 1.37f, 0, 85);
      default -> throw new IllegalStateException("bug in Strokes: no glyph for " + digit);
    }
    return pen.segments();
  }

  /// The distance from a point to the nearest segment, in the unit of the segments.
  static float distance(float[] segments, float x, float y) {
    float best = Float.MAX_VALUE;
    for (int i = 0; i < segments.length; i += 4) {
      float dx = segments[i + 2] - segments[i];
      float dy = segments[i + 3] - segments[i + 1];
      float px = x - segments[i];
      float py = y - segments[i + 1];
      float along = Math.clamp((px * dx + py * dy) / (dx * dx + dy * dy), 0f, 1f);
      float ex = px - along * dx;
      float ey = py - along * dy;
      best = Math.min(best, ex * ex + ey * ey);
    }
    return (float) Math.sqrt(best);
  }

  /// Collects segments.
  private static final class Pen {
    private static final int DEGREES_PER_SEGMENT = 30;
    private static final float RADIANS = 0.017453292f;
    private final ArrayList<Float> numbers = new ArrayList<>();

    /// Lines through the points, pairs of x and y.
    Pen line(float... points) {
      for (int i = 0; i + 3 < points.length; i += 2) {
        for (int j = 0; j < 4; j++) {
          numbers.add(points[i + j]);
        }
      }
      return this;
    }

    /// Part of an ellipse, clockwise from `from` to `to` degrees; 0 points right.
    Pen arc(float x, float y, float radiusX, float radiusY, int from, int to) {
      int count = Math.ceilDiv(to - from, DEGREES_PER_SEGMENT);
      float[] points = new float[2 * count + 2];
      for (int i = 0; i <= count; i++) {
        float angle = (from + (to - from) * i / (float) count) * RADIANS;
        points[2 * i] = x + radiusX * Fmath.cos(angle);
        points[2 * i + 1] = y + radiusY * Fmath.sin(angle);
      }
      return line(points);
    }

    float[] segments() {
      float[] segments = new float[numbers.size()];
      for (int i = 0; i < segments.length; i++) {
        segments[i] = numbers.get(i);
      }
      return segments;
    }
  }
}
