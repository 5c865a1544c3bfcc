package maia.tensor.data;

import java.util.stream.IntStream;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// Grey images of the ten digits, drawn by strokes under a random affine map and thickness, with
/// Gaussian noise: a data set that anyone can rebuild bit for bit from its seed.
///
/// Image i depends only on the seed, the split and i. Pixels are 0 (paper) to 1 (ink) plus noise of
/// deviation 0.25, not clipped.
public final class Digits {
  /// Pixels per side.
  public static final int SIDE = 16;

  /// Pixels per image.
  public static final int PIXELS = SIDE * SIDE;

  /// The number of classes.
  public static final int CLASSES = 10;

  /// The seed of the standard set.
  public static final long SEED = 2026;

  private static final float NOISE = 0.25f;
  private static final int DRAWS = 16;
  private static final int CHUNK = 250;

  private Digits() {}

  /// Which of the two disjoint parts.
  public enum Split {
    /// Images to train on.
    TRAIN(0),
    /// Images to test on.
    TEST(1L << 31);

    private final long first;

    Split(long first) {
      this.first = first;
    }
  }

  /// The standard 20,000 images to train on: inputs `[20000, 256]` F32, targets `[20000]` I64.
  public static TensorDataset train() {
    return generate(SEED, Split.TRAIN, 20_000);
  }

  /// The standard 10,000 images to test on.
  public static TensorDataset test() {
    return generate(SEED, Split.TEST, 10_000);
  }

  /// The first `count` images of a split.
  public static TensorDataset generate(long seed, Split split, int count) {
    Check.argument(count >= 0, "digits: count must not be negative, was %d", count);
    float[] images = new float[Math.multiplyExact(count, PIXELS)];
    long[] labels = new long[count];
    IntStream.range(0, Math.ceilDiv(count, CHUNK))
        .parallel()
        .forEach(chunk -> {
          Stop.poll("digits");
          for (int i = chunk * CHUNK; i < Math.min(count, (chunk + 1) * CHUNK); i++) {
            labels[i] = draw(seed, split.first + i, images, i * PIXELS);
          }
        });
    return new TensorDataset(Tensor.of(images, count, PIXELS), Tensor.ofLongs(labels));
  }

  /// Draws image number `image` and returns its digit.
  private static int draw(long seed, long image, float[] pixels, int at) {
    int digit = (int) (Integer.toUnsignedLong(Philox.next(seed, image, 0)) * CLASSES >>> 32);
    float[] strokes = Strokes.of(digit).clone();
    Pose.draw(seed, image * DRAWS).apply(strokes);
    float thickness = 0.45f + 0.75f * Philox.uniform(seed, image * DRAWS + Pose.DRAWS);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        float distance = Strokes.distance(strokes, x, y);
        float ink = Math.clamp(thickness + 0.5f - distance, 0f, 1f);
        int pixel = y * SIDE + x;
        float noise = NOISE * Philox.normal(seed, image * PIXELS + pixel);
        pixels[at + pixel] = ink + noise;
      }
    }
    return digit;
  }
}
