package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AttentionProductTest {
  private static final List<Optional<Tile>> TILES =
      WarmUp.vectors().map(Kernels::tile).stream()
          .flatMap(tile -> Stream.of(Optional.of(tile), Optional.<Tile>of(new TallVectorTile())))
          .toList();

  /// Sees the first keys, masks and scales.
  private record Rule(int shift, int keys, @Nullable Array mask)
      implements AttentionProduct.Weights {
    @Override
    public float scale() {
      return 0.3f;
    }

    @Override
    public int seen(int query) {
      return Math.clamp(query + shift, 0, keys);
    }

    @Override
    public Optional<Array> mask(int head) {
      return Optional.ofNullable(mask);
    }
  }

  private static HostArray random(SplittableRandom random, DType type, int... shape) {
    float[] values = new float[shape[0] * shape[1] * shape[2]];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 4 - 2;
    }
    return HostArray.of(values, type, shape[0], shape[1], shape[2]);
  }

  private static float[] expected(HostArray q, HostArray k, HostArray v, Rule rule) {
    int heads = (int) q.shape()[0];
    int queries = (int) q.shape()[1];
    int width = (int) q.shape()[2];
    int keys = (int) k.shape()[1];
    int valueWidth = (int) v.shape()[2];
    int group = heads / (int) k.shape()[0];
    float[] out = new float[heads * queries * valueWidth];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < queries; i++) {
        float[] weights = new float[rule.seen(i)];
        for (int j = 0; j < weights.length; j++) {
          for (int p = 0; p < width; p++) {
            weights[j] =
                Math.fma((float) q.get(h, i, p), (float) k.get(h / group, j, p), weights[j]);
          }
          weights[j] *= rule.scale();
          if (rule.mask() instanceof HostArray mask) {
            float m = (float) mask.get(i, j);
            boolean hides = mask.type() == DType.BOOL;
            weights[j] = !hides ? weights[j] + m : m != 0 ? weights[j] : Float.NEGATIVE_INFINITY;
          }
        }
        soften(weights);
        for (int c = 0; c < valueWidth; c++) {
          float sum = 0;
          for (int j = 0; j < weights.length; j++) {
            sum = Math.fma(weights[j], (float) v.get(h / group, j, c), sum);
          }
          out[(h * queries + i) * valueWidth + c] = sum;
        }
      }
    }
    return out;
  }

  private static void soften(float[] x) {
    float max = Float.NEGATIVE_INFINITY;
    for (float value : x) {
      max = Math.max(max, value);
    }
    float[] lanes = new float[16];
    for (int i = 0; i < x.length; i++) {
      x[i] = Fmath.exp(x[i] - (max == Float.NEGATIVE_INFINITY ? 0 : max));
      lanes[i % 16] += x[i];
    }
    for (int step = 8; step > 0; step /= 2) {
      for (int i = 0; i < step; i++) {
        lanes[i] += lanes[i + step];
      }
    }
    for (int i = 0; i < x.length; i++) {
      x[i] /= lanes[0] == 0 ? 1 : lanes[0];
    }
  }

  private static float[] run(
      @Nullable Tile tile, HostArray q, HostArray k, HostArray v, Rule rule) {
    HostArray out = HostArray.zeros(DType.F32, q.shape()[0], q.shape()[1], v.shape()[2]);
    AttentionProduct.run(tile, q, k, v, out, rule);
    return out.toFloats();
  }

  private static void check(HostArray q, HostArray k, HostArray v, Rule rule) {
    float[] expected = expected(q, k, v, rule);
    assertThat(run(null, q, k, v, rule)).as("plain %s of %s", q, k).isEqualTo(expected);
    for (Optional<Tile> tile : TILES) {
      assertThat(run(tile.orElseThrow(), q, k, v, rule))
          .as("%s of %s, values %s", q, k, v)
          .isEqualTo(expected);
    }
  }

  @Test
  void run_anyShape_hasTheBitsOfItsDefinition() {
    SplittableRandom random = new SplittableRandom(21);
    int[][] sizes = { // heads, kvHeads, queries, keys, width, valueWidth
      {1, 1, 1, 1, 1, 1},
      {2, 1, 1, 37, 9, 5},
      {4, 2, 3, 17, 16, 16},
      {3, 3, 41, 33, 20, 17},
      {2, 1, 83, 90, 33, 40},
      {1, 1, 7, 530, 64, 64},
      {6, 2, 5, 1, 3, 70},
      {2, 1, 1, 600, 16, 64}, // one query: values in strips
      {1, 1, 2, 530, 8, 150},
    };
    for (int[] s : sizes) {
      for (DType type : List.of(DType.F32, DType.BF16)) {
        HostArray q = random(random, type, s[0], s[2], s[4]);
        HostArray k = random(random, type, s[1], s[3], s[4]);
        HostArray v = random(random, type, s[1], s[3], s[5]);
        check(q, k, v, new Rule(s[3], s[3], null));
        check(q, k, v, new Rule(1, s[3], null));
        check(q, k, v, new Rule(s[3] - s[2] + 1, s[3], null));
      }
    }
  }

  @Test
  void run_masks_areAddedOrHide() {
    SplittableRandom random = new SplittableRandom(22);
    for (int queries : new int[] {2, 43}) {
      HostArray q = random(random, DType.F32, 2, queries, 12);
      HostArray k = random(random, DType.F32, 1, 29, 12);
      HostArray v = random(random, DType.F32, 1, 29, 8);
      float[] sees = new float[queries * 29];
      for (int i = 29; i < sees.length; i++) { // the first query sees nothing
        sees[i] = random.nextInt(3) == 0 ? 0 : 1;
      }
      HostArray hides = HostArray.of(sees, DType.BOOL, queries, 29);
      HostArray added = HostArray.of(sees, DType.F32, queries, 29);
      for (HostArray mask : List.of(hides, added)) {
        check(q, k, v, new Rule(29, 29, mask));
        check(q, k, v, new Rule(3, 29, mask));
      }
      HostArray row = // one row for all queries
          HostArray.view(
              DType.F32,
              new long[] {queries, 29},
              new long[] {0, 1},
              29,
              added.segment(),
              Optional.empty(),
              1);
      check(q, k, v, new Rule(29, 29, row));
    }
  }

  /// Keys that a query does not see never count, whatever lies there and however the work is split.
  @Test
  void run_numbersThatAreNotFinite_countOnlyWhereTheyAreSeen() {
    SplittableRandom random = new SplittableRandom(25);
    for (int queries : new int[] {2, 11, 45}) {
      for (float odd : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        HostArray q = random(random, DType.F32, 2, queries, 12);
        HostArray k = random(random, DType.F32, 1, 50, 12);
        HostArray v = random(random, DType.F32, 1, 50, 8);
        float[] values = v.toFloats();
        values[30 * 8 + 3] = odd; // key 30
        HostArray broken = HostArray.of(values, DType.F32, 1, 50, 8);
        check(q, k, broken, new Rule(1, 50, null));
        check(q, broken(k, odd), v, new Rule(1, 50, null));
        check(q, k, broken, new Rule(50, 50, null));
      }
    }
  }

  private static HostArray broken(HostArray keys, float odd) {
    float[] values = keys.toFloats();
    values[30 * 12 + 5] = odd;
    return HostArray.of(values, DType.F32, keys.shape());
  }

  /// Heads beside each other in a row of a token, as one product makes them.
  @Test
  void run_viewsOfOneProduct_areReadWhereTheyLie() {
    SplittableRandom random = new SplittableRandom(23);
    int tokens = 21;
    HostArray all = random(random, DType.F32, tokens, 3, 4 * 10);
    HostArray[] parts = new HostArray[3];
    for (int i = 0; i < 3; i++) {
      parts[i] =
          HostArray.view(
              DType.F32,
              new long[] {4, tokens, 10},
              new long[] {10, 120, 1},
              40L * i,
              all.segment(),
              Optional.empty(),
              1);
    }
    check(parts[0], parts[1], parts[2], new Rule(1, tokens, null));
  }

  @Test
  void run_withoutValues_hasNothingToWrite() {
    SplittableRandom random = new SplittableRandom(25);
    HostArray q = random(random, DType.F32, 2, 5, 4);
    HostArray k = random(random, DType.F32, 1, 7, 4);
    check(q, k, random(random, DType.F32, 1, 7, 0), new Rule(0, 7, null));
    check(random(random, DType.F32, 2, 0, 4), k, k, new Rule(0, 7, null));
  }

  @Test
  void run_calledOften_keepsItsBits() {
    SplittableRandom random = new SplittableRandom(24);
    for (int queries : new int[] {1, 11, 17}) {
      HostArray q = random(random, DType.F32, 2, queries, 19);
      HostArray k = random(random, DType.F32, 1, 23, 19);
      HostArray v = random(random, DType.F32, 1, 23, 21);
      Rule rule = new Rule(9, 23, null);
      float[] expected = expected(q, k, v, rule);
      for (Optional<Tile> tile : TILES) {
        for (int i = 0; i < 400; i++) {
          assertThat(run(tile.orElseThrow(), q, k, v, rule)).isEqualTo(expected);
        }
      }
    }
  }
}
