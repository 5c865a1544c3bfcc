package maia.tensor;

import java.util.List;
import maia.numerics.DType;

/// Places along a dimension by the order of their elements, as I64. NaN is above everything when
/// sorting, as in PyTorch; the first smallest element passes it over.
///
/// @param label the name used in texts
/// @param dim the dimension, counted from 0
/// @param rule which places
public record Order(String label, int dim, Rule rule) implements Op {
  /// Which places are asked for.
  public sealed interface Rule {}

  /// All places in order; equal elements keep theirs.
  public record Sorted(Direction direction) implements Rule {}

  /// The place of the largest (UP) or smallest element so far, the last of equal ones; once there
  /// was a NaN, its place.
  public record Running(Direction direction) implements Rule {}

  /// The place of the first smallest element.
  public record First() implements Rule {}

  /// From small to large, or from large to small.
  public enum Direction {
    /// Ascending.
    UP,
    /// Descending.
    DOWN,
  }

  static Tensor index(String label, Tensor x, int dim, Rule rule) {
    int d = x.rank() == 0 && (dim == 0 || dim == -1) ? 0 : x.layout().dim(label, dim);
    return Dispatch.run(new Order(label, d, rule), x.detach());
  }

  @Override
  public String name() {
    return label;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    x.dtype(label);
    ShapeException.check(
        !(rule instanceof First) || x.rank() == 0 || x.size(dim) > 0,
        "%s: no elements to choose from in dimension %d of %s",
        label,
        dim,
        Layout.text(x.shape()));
    boolean drops = rule instanceof First && x.rank() > 0;
    return Tensor.meta(DType.I64, drops ? Layout.drop(x.shape(), dim) : x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    long[] out = new long[Math.toIntExact(like.elements())];
    Lines lines = Lines.of(x, dim);
    if (x.dtype(label).isFloat()) {
      double[] values = Host.doubles(x);
      run(lines, out, (i, j) -> compare(values[i], values[j]), i -> values[i] != values[i]);
    } else {
      long[] values = Host.longs(x);
      run(lines, out, (i, j) -> Long.compare(values[i], values[j]), i -> false);
    }
    return Host.tensor(out, DType.I64, like.shape());
  }

  /// Plus and minus zero are equal, NaN is above everything.
  private static int compare(double a, double b) {
    return a < b ? -1 : a > b ? 1 : Boolean.compare(a != a, b != b);
  }

  /// The order of the elements at two places.
  @FunctionalInterface
  private interface Comparing {
    int of(int i, int j);
  }

  /// Whether there is no number at a place.
  @FunctionalInterface
  private interface Missing {
    boolean at(int i);
  }

  private void run(Lines lines, long[] out, Comparing comparing, Missing missing) {
    Parallel.ranges(
        lines.count(),
        Math.max(1, Parallel.ELEMENTS / Math.max(1, lines.size())),
        (from, to) -> {
          for (int line = from; line < to; line++) {
            int at = lines.at(line);
            switch (rule) {
              case Sorted(var direction) -> sort(lines, at, out, comparing, direction);
              case Running(var direction) -> running(lines, at, out, comparing, missing, direction);
              case First _ -> out[line] = first(lines, at, comparing, missing);
            }
          }
        });
  }

  private static long first(Lines lines, int at, Comparing comparing, Missing missing) {
    int best = 0;
    for (int i = 1; i < lines.size(); i++) {
      int here = at + i * lines.step();
      int there = at + best * lines.step();
      if (missing.at(there) || comparing.of(here, there) < 0) {
        best = i;
      }
    }
    return best;
  }

  private static void running(
      Lines lines, int at, long[] out, Comparing comparing, Missing missing, Direction direction) {
    int best = 0;
    for (int i = 0; i < lines.size(); i++) {
      int here = at + i * lines.step();
      int there = at + best * lines.step();
      int order = comparing.of(here, there);
      boolean better = direction == Direction.UP ? order >= 0 : order <= 0 || missing.at(here);
      if (better && (missing.at(here) || !missing.at(there))) {
        best = i;
      }
      out[here] = best;
    }
  }

  /// Merging from pairs up: stable, and no recursion.
  private static void sort(
      Lines lines, int at, long[] out, Comparing comparing, Direction direction) {
    int n = lines.size();
    int[] from = new int[n];
    int[] to = new int[n];
    for (int i = 0; i < n; i++) {
      from[i] = at + i * lines.step();
    }
    int sign = direction == Direction.UP ? 1 : -1;
    for (int width = 1; width < n; width *= 2) {
      for (int left = 0; left < n; left += 2 * width) {
        merge(
            from,
            to,
            left,
            Math.min(left + width, n),
            Math.min(left + 2 * width, n),
            comparing,
            sign);
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    for (int i = 0; i < n; i++) {
      out[at + i * lines.step()] = ((long) from[i] - at) / lines.step();
    }
  }

  private static void merge(
      int[] from, int[] to, int left, int middle, int end, Comparing comparing, int sign) {
    int a = left;
    int b = middle;
    for (int i = left; i < end; i++) {
      boolean first = a < middle && (b >= end || sign * comparing.of(from[a], from[b]) <= 0);
      to[i] = first ? from[a++] : from[b++];
    }
  }
}
