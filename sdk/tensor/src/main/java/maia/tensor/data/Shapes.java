package maia.tensor.data;

import java.util.List;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.Fmath;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// Grey images of six shapes, each filled and as an outline: a data set for networks that look at
/// patches. Size, angle, place and stretch are random, with Gaussian noise on every pixel.
///
/// Image i depends only on the seed, the part and i. Pixels are 0 (paper) to 1 (ink) plus noise of
/// deviation 0.2, not clipped.
public final class Shapes {
  /// Pixels per side.
  public static final int SIDE = 32;

  /// The seed of the standard set.
  public static final long SEED = 2026;

  /// The classes: class i is shape i / 2, filled when i is even.
  public static final List<String> CLASSES =
      List.of(
          "triangle",
          "triangle outline",
          "square",
          "square outline",
          "pentagon",
          "pentagon outline",
          "disc",
          "ring",
          "star",
          "star outline",
          "cross",
          "cross outline");

  private static final float NOISE = 0.2f;
  private static final float FULL_TURN = 6.2831855f;
  private static final float PEN = 1.1f;
  private static final int DRAWS = 8;
  private static final int CHUNK = 100;
  private static final int DISC_CORNERS = 24;
  private static final int STAR_CORNERS = 10;

  private Shapes() {}

  /// The first `count` images of a part: inputs `[count, 1, 32, 32]` F32, targets `[count]` I64.
  public static TensorDataset generate(long seed, Part part, int count) {
    Check.argument(count >= 0, "shapes: count must not be negative, was %d", count);
    float[] images = new float[Math.multiplyExact(count, SIDE * SIDE)];
    long[] labels = new long[count];
    IntStream.range(0, Math.ceilDiv(count, CHUNK))
        .parallel()
        .forEach(chunk -> {
          Stop.poll("shapes");
          for (int i = chunk * CHUNK; i < Math.min(count, (chunk + 1) * CHUNK); i++) {
            labels[i] = draw(seed, part.number(i), images, i * SIDE * SIDE);
          }
        });
    return new TensorDataset(Tensor.of(images, count, 1, SIDE, SIDE), Tensor.ofLongs(labels));
  }

  private static int draw(long seed, long image, float[] pixels, int at) {
    int label = (int) (Integer.toUnsignedLong(Philox.next(seed, image, 0)) * CLASSES.size() >>> 32);
    float[] edges = placed(corners(label / 2), seed, image * DRAWS);
    boolean filled = label % 2 == 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        float distance = Strokes.distance(edges, x, y);
        float edge = filled ? (isInside(edges, x, y) ? distance : -distance) : PEN - distance;
        int pixel = y * SIDE + x;
        float noise = NOISE * Philox.normal(seed, image * SIDE * SIDE + pixel);
        pixels[at + pixel] = Math.clamp(edge + 0.5f, 0f, 1f) + noise;
      }
    }
    return label;
  }

  /// The corners of a shape around 0, within distance 1: pairs of x and y.
  private static float[] corners(int shape) {
    return switch (shape) {
      case 0 -> polygon(3, 1, 1);
      case 1 -> polygon(4, 1, 1);
      case 2 -> polygon(5, 1, 1);
      case 3 -> polygon(DISC_CORNERS, 0.85f, 0.85f);
      case 4 -> polygon(STAR_CORNERS, 1, 0.42f);
      default ->
          new float[] {
            -0.3f, -1, 0.3f, -1, 0.3f, -0.3f, 1, -0.3f, 1, 0.3f, 0.3f, 0.3f,
            0.3f, 1, -0.3f, 1, -0.3f, 0.3f, -1, 0.3f, -1, -0.3f, -0.3f, -0.3f
          };
    };
  }

  /// A polygon whose corners are `outer` and `inner` from its middle in turn.
  private static float[] polygon(int count, float outer, float inner) {
    float[] corners = new float[2 * count];
    for (int i = 0; i < count; i++) {
      float radius = i % 2 == 0 ? outer : inner;
      corners[2 * i] = radius * Fmath.sin(FULL_TURN * i / count);
      corners[2 * i + 1] = -radius * Fmath.cos(FULL_TURN * i / count);
    }
    return corners;
  }

  /// The edges between corners that were turned, stretched and moved, as [Strokes] has them.
  private static float[] placed(float[] corners, long seed, long first) {
    float size = 8 + 4 * Philox.uniform(seed, first);
    float angle = FULL_TURN * Philox.uniform(seed, first + 1);
    float stretch = 0.8f + 0.2f * Philox.uniform(seed, first + 2);
    float middleX = (SIDE - 1) / 2f + 6 * Philox.uniform(seed, first + 3) - 3;
    float middleY = (SIDE - 1) / 2f + 6 * Philox.uniform(seed, first + 4) - 3;
    float cos = size * Fmath.cos(angle);
    float sin = size * Fmath.sin(angle);
    int count = corners.length / 2;
    float[] edges = new float[4 * count];
    for (int i = 0; i < count; i++) {
      float u = corners[2 * i];
      float v = stretch * corners[2 * i + 1];
      float x = middleX + cos * u - sin * v;
      float y = middleY + sin * u + cos * v;
      int before = 4 * ((i + count - 1) % count);
      edges[4 * i] = x;
      edges[4 * i + 1] = y;
      edges[before + 2] = x;
      edges[before + 3] = y;
    }
    return edges;
  }

  /// Whether a ray to the right crosses an odd number of edges.
  private static boolean isInside(float[] edges, float x, float y) {
    boolean inside = false;
    for (int i = 0; i < edges.length; i += 4) {
      boolean crosses = (edges[i + 1] > y) != (edges[i + 3] > y);
      float slope = (edges[i + 2] - edges[i]) / (edges[i + 3] - edges[i + 1]);
      inside ^= crosses && x < edges[i] + (y - edges[i + 1]) * slope;
    }
    return inside;
  }
}
