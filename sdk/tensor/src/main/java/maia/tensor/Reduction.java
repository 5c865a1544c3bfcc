package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.numerics.Reductions;

/// Reductions over dimensions (counted from 0, ascending). fp32 sums follow the fixed order of
/// [maia.numerics.Reduce#sum] over the reduced elements in row order.
public sealed interface Reduction extends Op {
  /// The sum; of integers and truth values as I64.
  record Sum(List<Integer> dims, Dims keep) implements Reduction {}

  /// The sum divided by the count, for floating-point tensors.
  record Mean(List<Integer> dims, Dims keep) implements Reduction {}

  /// The largest element; NaN elements are passed over.
  record Amax(List<Integer> dims, Dims keep) implements Reduction {}

  /// The smallest element; NaN elements are passed over.
  record Amin(List<Integer> dims, Dims keep) implements Reduction {}

  /// The index of the first largest element of one dimension, as I64; NaN elements are passed over.
  record ArgMax(List<Integer> dims, Dims keep) implements Reduction {}

  /// The reduced dimensions.
  List<Integer> dims();

  /// Whether they stay with size 1.
  Dims keep();

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    boolean whole = !type.isFloat();
    DType result =
        switch (this) {
          case Sum _ -> whole ? DType.I64 : type;
          case Mean _ -> type;
          case Amax _, Amin _ -> type;
          case ArgMax _ -> DType.I64;
        };
    if (this instanceof Mean && whole) {
      throw TensorException.of(
          "mean: needs a floating-point tensor, got %s; convert it with to(F32)", type.label());
    }
    boolean needsOne = !(this instanceof Sum || this instanceof Mean);
    ShapeException.check(
        !needsOne || count(x) > 0,
        "%s: no elements to choose from in dimensions %s of %s",
        name(),
        dims(),
        Layout.text(x.shape()));
    return Tensor.meta(result, shape(x, keep()));
  }

  private long[] shape(Tensor x, Dims keep) {
    return IntStream.range(0, x.rank())
        .filter(d -> keep == Dims.KEEP || !dims().contains(d))
        .mapToLong(d -> dims().contains(d) ? 1 : x.size(d))
        .toArray();
  }

  /// How many elements go into one result.
  private int count(Tensor x) {
    long count = 1;
    for (int d : dims()) {
      count *= x.size(d);
    }
    return Math.toIntExact(count);
  }

  /// `x` with the reduced dimensions last.
  private Tensor arranged(Tensor x) {
    Stream<Integer> kept = IntStream.range(0, x.rank()).filter(d -> !dims().contains(d)).boxed();
    return x.permute(Stream.concat(kept, dims().stream()).mapToInt(d -> d).toArray());
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    Tensor rows = arranged(x);
    int count = count(x);
    int results = Math.toIntExact(like.elements());
    return switch (Host.Kind.of(x.dtype())) {
      case FLOAT -> ofFloats(rows, count, results, like);
      case DOUBLE -> ofDoubles(Host.doubles(rows), count, results, like);
      case LONG -> ofLongs(Host.longs(rows), count, results, like);
    };
  }

  private Tensor ofFloats(Tensor x, int count, int results, Tensor like) {
    float[] out =
        switch (this) {
          case Sum _ -> reduced(Reductions.Kind.SUM, x, count, results);
          case Mean _ -> {
            float[] sums = reduced(Reductions.Kind.SUM, x, count, results);
            for (int r = 0; r < results; r++) {
              sums[r] /= count;
            }
            yield sums;
          }
          case Amax _ -> reduced(Reductions.Kind.MAX, x, count, results);
          case Amin _ -> reduced(Reductions.Kind.MIN, x, count, results);
          case ArgMax _ -> new float[0];
        };
    return this instanceof ArgMax
        ? argMax(Host.floats(x), count, results, like)
        : Host.tensor(out, like.dtype(), like.shape());
  }

  private static float[] reduced(Reductions.Kind kind, Tensor x, int count, int results) {
    return count == 0 ? new float[results] : Reductions.reduce(kind, x, count);
  }

  private static Tensor argMax(float[] x, int count, int results, Tensor like) {
    long[] indices = new long[results];
    for (int r = 0; r < results; r++) {
      indices[r] = argMax(x, r * count, count);
    }
    return Host.tensor(indices, DType.I64, like.shape());
  }

  private static int argMax(float[] x, int at, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (x[at + i] > x[at + best] || x[at + best] != x[at + best]) {
        best = i;
      }
    }
    return best;
  }

  private Tensor ofDoubles(double[] x, int count, int results, Tensor like) {
    double[] out = new double[results];
    for (int r = 0; r < results; r++) {
      double sum = 0;
      int best = r * count;
      for (int i = r * count; i < (r + 1) * count; i++) {
        sum += x[i];
        boolean better = this instanceof Amin ? x[i] < x[best] : x[i] > x[best];
        best = better || x[best] != x[best] ? i : best;
      }
      out[r] =
          switch (this) {
            case Sum _ -> sum;
            case Mean _ -> sum / count;
            case Amax _, Amin _ -> x[best];
            case ArgMax _ -> best - r * count;
          };
    }
    return Host.tensor(out, DType.F64, like.shape()).to(like.dtype());
  }

  private Tensor ofLongs(long[] x, int count, int results, Tensor like) {
    long[] out = new long[results];
    for (int r = 0; r < results; r++) {
      long sum = 0;
      int best = r * count;
      for (int i = r * count; i < (r + 1) * count; i++) {
        sum += x[i];
        boolean better = this instanceof Amin ? x[i] < x[best] : x[i] > x[best];
        best = better ? i : best;
      }
      out[r] =
          switch (this) {
            case Sum _, Mean _ -> sum;
            case Amax _, Amin _ -> x[best];
            case ArgMax _ -> best - r * count;
          };
    }
    return Host.tensor(out, like.dtype(), like.shape());
  }

  @Override
  default Reads reads() {
    return this instanceof Sum || this instanceof Mean ? Reads.NOTHING : Reads.ALL;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor x = inputs.getFirst();
    long[] kept = shape(x, Dims.KEEP);
    Tensor g = gradient.reshape(kept);
    Tensor result =
        switch (this) {
          case Sum _ -> g.expand(x.shape());
          case Mean _ -> g.div(count(x)).expand(x.shape());
          case Amax _, Amin _ -> {
            Tensor ties = x.eq(output.reshape(kept));
            int[] over = dims().stream().mapToInt(d -> d).toArray();
            Tensor share = g.div(ties.to(x.dtype()).sum(Dims.KEEP, over));
            yield ties.where(share, Create.zeroLike(g));
          }
          case ArgMax _ ->
              throw new IllegalStateException("bug in Reduction: gradient of an index");
        };
    return List.of(Optional.of(result));
  }
}
