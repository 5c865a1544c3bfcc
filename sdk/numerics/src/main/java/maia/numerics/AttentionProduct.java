package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import maia.base.Check;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Attention in stretches of queries: scores with all keys, their softmax, and the sums of the
/// values weighted with that, while the caches hold them. Scores and sums are chains of fused
/// multiply-adds in ascending order as in [MatMul]; scale and mask round once each; softmax is that
/// of [RowMath#softmax], but that a query which sees no key gets weights of 0.
///
/// A key that a query does not see never counts for it. A weight of 0 does that where values are
/// finite; heads with values that are not go query by query, so that the bits are the same however
/// the work is split.
public final class AttentionProduct {
  /// Queries of one key-value head up to which packing its keys does not pay.
  private static final int FEW = 3;

  /// Scores that are worked on at a time: a quarter of the second cache.
  private static final int SCORES = 1 << 15;

  /// Rows of scores at most.
  private static final int ROWS = 40;

  /// Keys whose values stay in the first cache.
  private static final int DEPTH = 256;

  /// Between rows, so that those of a tile do not meet in one place of the first cache.
  private static final int GAP = 16;

  private final @Nullable Tile tile;
  private final Array q;
  private final Array k;
  private final Array v;
  private final Array out;
  private final Weights weights;
  private final int group;
  private final int queries;
  private final int keys;
  private final int width;
  private final int valueWidth;

  private AttentionProduct(
      @Nullable Tile tile, Array q, Array k, Array v, Array out, Weights weights) {
    this.tile = tile;
    this.q = q;
    this.k = k;
    this.v = v;
    this.out = out;
    this.weights = weights;
    this.group = Math.toIntExact(q.shape()[0] / Math.max(1, k.shape()[0]));
    this.queries = Math.toIntExact(q.shape()[1]);
    this.keys = Math.toIntExact(k.shape()[1]);
    this.width = Math.toIntExact(q.shape()[2]);
    this.valueWidth = Math.toIntExact(v.shape()[2]);
  }

  /// What happens to scores between the two products.
  public interface Weights {
    /// What scores are multiplied with.
    float scale();

    /// How many keys, from the first on, query `query` sees before the mask. Must not fall from one
    /// query to the next.
    int seen(int query);

    /// The mask of a head, `[queries, keys]`, of any strides, or none: BOOL (true takes part), or
    /// added to the scores.
    Optional<Array> mask(int head);

    /// Drops some of the weights `x[at..at+count]` of `query`.
    default void drop(int head, int query, float[] x, int at, int count) {}
  }

  /// Writes every element of `out` `[heads, queries, valueWidth]`, F32, for `q` `[heads, queries,
  /// width]`, `k` `[kvHeads, keys, width]` and `v` `[kvHeads, keys, valueWidth]` of any scalar type
  /// of at most 32 bits and any strides, but `out` with contiguous rows; heads is a multiple of
  /// kvHeads.
  public static void run(Array q, Array k, Array v, Array out, Weights weights) {
    long work = q.elements() * k.shape()[1];
    Tile tile = Kernels.tile(Kernels.Kind.ATTENTION, Kernels.Kind.PACKING, work);
    run(tile, q, k, v, out, weights);
  }

  static void run(@Nullable Tile tile, Array q, Array k, Array v, Array out, Weights weights) {
    Check.argument(
        out.type() == DType.F32 && (out.shape()[2] <= 1 || out.strides()[2] == 1),
        "attention: the result must be f32 with contiguous rows, was %s",
        out.type().label());
    if (out.elements() == 0) {
      return;
    }
    AttentionProduct product = new AttentionProduct(tile, q, k, v, out, weights);
    Parallel.ranges(
        "attention",
        k.shape()[0],
        1,
        (from, to) -> {
          for (long h = from; h < to; h++) {
            product.keyHead((int) h);
          }
        });
  }

  private static Operand matrix(Array x, int head) {
    long[] strides = x.strides();
    long at = x.offset() + head * strides[0];
    return new Operand(x.segment(), (DType) x.type(), at, strides[1], strides[2]);
  }

  /// The heads that one key-value head serves.
  private void keyHead(int kv) {
    if (tile == null) {
      float[] values = dense(matrix(v, kv), keys, valueWidth);
      if (!areFinite(values)) {
        each(kv);
        return;
      }
      for (int h = kv * group; h < (kv + 1) * group; h++) {
        plain(h, kv, new Matrix(values, 0, valueWidth, 1));
      }
    } else if (group * queries <= FEW) {
      each(kv);
    } else {
      packed(tile, kv);
    }
  }

  /// The queries of the heads of a key-value head, one by one.
  private void each(int kv) {
    for (int i = 0; i < group * queries; i++) {
      query(kv * group + i / queries, i % queries, matrix(k, kv).transposed(), matrix(v, kv));
    }
  }

  private static boolean areFinite(float[] x) {
    int largest = 0;
    for (float value : x) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & Integer.MAX_VALUE);
    }
    return largest < Narrow.INFINITY;
  }

  private void packed(Tile tile, int kv) {
    float[] keyPanels = Scratch.floats(Scratch.Slot.KEYS, Panels.room(tile, keys, width));
    float[] valuePanels = Scratch.floats(Scratch.Slot.VALUES, Panels.room(tile, valueWidth, keys));
    Panels.fill(tile, matrix(v, kv), valueWidth, keys, valuePanels);
    int columns = Math.ceilDiv(valueWidth, tile.columns()) * tile.columns();
    if (!tile.areFinite(valuePanels, Panels.ALIGNED, columns * keys)) {
      each(kv);
      return;
    }
    Panels.fill(tile, matrix(k, kv).transposed(), keys, width, keyPanels);
    int step = Math.ceilDiv(keys, tile.columns()) * tile.columns() + GAP;
    int most = Math.clamp(SCORES / step, 1, ROWS) / tile.rows() * tile.rows();
    int rows = Math.max(tile.rows(), most);
    int parts = Math.ceilDiv(queries, rows);
    Parallel.ranges(
        "attention",
        (long) parts * group,
        1,
        (from, to) -> {
          for (int i = (int) from; i < to; i++) {
            int first = i % parts * rows;
            int count = Math.min(rows, queries - first);
            block(tile, kv * group + i / parts, first, count, step, keyPanels, valuePanels);
          }
        });
  }

  /// Without vectors: whole matrices in plain loops.
  private void plain(int head, int kv, Matrix values) {
    float[] scores = new float[Math.multiplyExact(queries, keys)];
    Matrix weighted = new Matrix(scores, 0, keys, 1);
    Matrix rows = new Matrix(dense(matrix(q, head), queries, width), 0, width, 1);
    Matrix columns = new Matrix(dense(matrix(k, kv), keys, width), 0, 1, width);
    MatMul.run(null, queries, keys, width, rows, columns, weighted, false);
    for (int i = 0; i < queries; i++) {
      int seen = weights.seen(i);
      weigh(weights.mask(head), head, i, scores, i * keys, seen);
      Arrays.fill(scores, i * keys + seen, (i + 1) * keys, 0);
    }
    float[] sums = new float[queries * valueWidth];
    Matrix to = new Matrix(sums, 0, valueWidth, 1);
    MatMul.run(null, queries, valueWidth, keys, weighted, values, to, false);
    for (int i = 0; i < queries; i++) {
      store(head, i, sums, i * valueWidth);
    }
  }

  private static float[] dense(Operand x, int rows, int columns) {
    float[] values = new float[Math.multiplyExact(rows, columns)];
    for (int i = 0; i < rows; i++) {
      x.read(i, 0, columns, values, i * columns);
    }
    return values;
  }

  /// One query as two products of one row.
  private void query(int head, int i, Operand turnedKeys, Operand values) {
    Stop.poll("attention");
    int seen = weights.seen(i);
    float[] scores = Scratch.floats(Scratch.Slot.SCORES, keys);
    int strip = tile == null ? 1 : tile.stripColumns();
    int room = Math.ceilDiv(valueWidth, strip) * strip;
    float[] sums = Scratch.floats(Scratch.Slot.OUTPUTS, room);
    Arrays.fill(scores, 0, seen, 0);
    Arrays.fill(sums, 0, room, 0);
    if (seen > 0) {
      Operand row = Operand.of(new Matrix(scores, 0, seen, 1));
      StreamProduct.run(1, seen, width, matrix(q, head).from(i, 0), turnedKeys, row, false);
      weigh(weights.mask(head), head, i, scores, 0, seen);
      if (tile == null) {
        Operand sum = Operand.of(new Matrix(sums, 0, valueWidth, 1));
        StreamProduct.run(1, valueWidth, seen, row, values, sum, false);
      } else {
        StripProduct.row(tile, valueWidth, seen, scores, values, sums);
      }
    }
    store(head, i, sums, 0);
  }

  /// Replaces scores by weights.
  private void weigh(Optional<Array> mask, int head, int i, float[] x, int at, int count) {
    float scale = weights.scale();
    if (mask.isPresent()) {
      for (int j = at; j < at + count; j++) {
        x[j] *= scale;
      }
      mask(mask.get(), i, x, at, count);
      scale = 1;
    }
    if (!Kernels.current(Kernels.Kind.WEIGH, count).weigh(x, at, count, scale)) {
      softmax(x, at, count);
    }
    weights.drop(head, i, x, at, count);
  }

  /// That of [RowMath], but that of nothing but minus infinity, which is 0.
  private static void softmax(float[] x, int at, int count) {
    float max = Reduce.max(x, at, count, 1);
    float shift = max == Float.NEGATIVE_INFINITY ? 0 : max;
    Kernels.current(Kernels.Kind.EXP_MINUS, count).expMinus(x, at, shift, x, at, count);
    float sum = Reduce.sum(x, at, count, 1);
    float divisor = sum == 0 ? 1 : sum;
    for (int j = at; j < at + count; j++) {
      x[j] /= divisor;
    }
  }

  private static void mask(Array mask, int i, float[] x, int at, int count) {
    float[] row = Scratch.floats(Scratch.Slot.MASK, count);
    Operand.of(mask).read(i, 0, count, row, 0);
    if (mask.type() == DType.BOOL) {
      for (int j = 0; j < count; j++) {
        x[at + j] = row[j] != 0 ? x[at + j] : Float.NEGATIVE_INFINITY;
      }
    } else {
      for (int j = 0; j < count; j++) {
        x[at + j] += row[j];
      }
    }
  }

  private void store(int head, int i, float[] sums, int at) {
    long[] strides = out.strides();
    long to = out.offset() + head * strides[0] + i * strides[1];
    MemorySegment.copy(sums, at, out.segment(), Packed.FLOAT, 4 * to, valueWidth);
  }

  /// `count` queries of a head from `first` on. Scores, sums and queries lie in one array, in which
  /// no vector crosses two lines of the cache.
  private void block(
      Tile tile, int head, int first, int count, int step, float[] keyPanels, float[] valuePanels) {
    Stop.poll("attention");
    int seen = weights.seen(first + count - 1);
    int rows = Math.ceilDiv(count, tile.rows()) * tile.rows();
    int outStep = Math.ceilDiv(valueWidth, tile.columns()) * tile.columns();
    int sumsAt = Panels.ALIGNED + rows * step;
    int ownAt = sumsAt + rows * outStep;
    int size = Math.max(Panels.LARGE, ownAt + rows * (width + GAP));
    float[] x = Scratch.floats(Scratch.Slot.SCORES, size);
    Arrays.fill(x, Panels.ALIGNED, ownAt, 0);
    scores(tile, head, first, count, step, seen, keyPanels, x, ownAt);
    Optional<Array> mask = weights.mask(head);
    for (int i = 0; i < count; i++) {
      int own = weights.seen(first + i);
      int at = Panels.ALIGNED + i * step;
      weigh(mask, head, first + i, x, at, own);
      Arrays.fill(x, at + own, at + seen, 0);
    }
    for (int p = 0; p < seen; p += DEPTH) {
      int depth = Math.min(DEPTH, seen - p);
      for (int j = 0; j < outStep; j += tile.columns()) {
        int at = Panels.at(j, p, keys, tile.columns());
        for (int i = 0; i < rows; i += tile.rows()) {
          int from = Panels.ALIGNED + i * step + p;
          int to = sumsAt + i * outStep + j;
          tile.multiplyAddRows(depth, x, from, step, valuePanels, at, x, to, outStep);
        }
      }
    }
    store(tile, head, first, count, x, sumsAt, outStep);
  }

  private void store(Tile tile, int head, int first, int count, float[] sums, int at, int outStep) {
    if (valueWidth % Reduce.LANES == 0 && Direct.is(out.segment())) {
      long row = out.strides()[1];
      long to = out.offset() + head * out.strides()[0] + first * row;
      tile.write(sums, at, outStep, count, valueWidth, out.segment(), 4 * to, 4 * row);
    } else {
      for (int i = 0; i < count; i++) {
        store(head, first + i, sums, at + i * outStep);
      }
    }
  }

  /// Adds to scores from [Panels#ALIGNED] on; the queries go to `ownAt` of the same array.
  private void scores(
      Tile tile,
      int head,
      int first,
      int count,
      int step,
      int seen,
      float[] keyPanels,
      float[] x,
      int ownAt) {
    int rows = Math.ceilDiv(count, tile.rows()) * tile.rows();
    int row = width + GAP;
    Operand from = matrix(q, head);
    for (int i = 0; i < count; i++) {
      from.read(first + i, 0, width, x, ownAt + i * row);
    }
    for (int j = 0; j < seen; j += tile.columns()) {
      int at = Panels.at(j, 0, width, tile.columns());
      for (int i = 0; i < rows; i += tile.rows()) {
        int to = Panels.ALIGNED + i * step + j;
        tile.multiplyAddRows(width, x, ownAt + i * row, row, keyPanels, at, x, to, step);
      }
    }
  }
}
