package maia.tensor.data;

import maia.numerics.Fmath;
import maia.numerics.Philox;

/// An affine map from the unit box of the strokes to pixels: scale, shear, rotation, shift.
///
/// @param xx how x grows with x
/// @param xy how x grows with y
/// @param yx how y grows with x
/// @param yy how y grows with y
/// @param x the centre, in pixels
/// @param y the centre, in pixels
record Pose(float xx, float xy, float yx, float yy, float x, float y) {
  /// Random numbers one pose takes.
  static final int DRAWS = 6;

  private static final float CENTRE = (Digits.SIDE - 1) / 2f;
  private static final float SIZE = 6f;
  private static final float TURN = 0.3f;
  private static final float SHEAR = 0.35f;
  private static final float STRETCH = 0.2f;
  private static final float SHIFT = 1.5f;

  /// The pose drawn from numbers `first` and following of the stream of `seed`.
  static Pose draw(long seed, long first) {
    float width = SIZE * (0.8f + STRETCH * signed(seed, first));
    float height = SIZE * (1f + STRETCH * signed(seed, first + 1));
    float shear = SHEAR * signed(seed, first + 2);
    float angle = TURN * signed(seed, first + 3);
    float cos = Fmath.cos(angle);
    float sin = Fmath.sin(angle);
    return new Pose(
        cos * width,
        (cos * shear - sin) * height,
        sin * width,
        (sin * shear + cos) * height,
        CENTRE + SHIFT * signed(seed, first + 4),
        CENTRE + SHIFT * signed(seed, first + 5));
  }

  /// Uniform in -1 to 1.
  private static float signed(long seed, long index) {
    return 2 * Philox.uniform(seed, index) - 1;
  }

  /// Maps the points of `strokes`, pairs of x and y, in place.
  void apply(float[] strokes) {
    for (int i = 0; i < strokes.length; i += 2) {
      float u = strokes[i];
      float v = strokes[i + 1];
      strokes[i] = x + xx * u + xy * v;
      strokes[i + 1] = y + yx * u + yy * v;
    }
  }
}
