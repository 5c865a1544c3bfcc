package maia.tensor;

import java.util.List;
import maia.numerics.DType;

/// For each window of the last two dimensions, the place (row times width plus column) of its first
/// largest element, as I64; NaN elements are passed over.
///
/// @param label the name used in texts
/// @param rows for each row of the result, the rows it sees
/// @param columns for each column of the result, the columns it sees
public record WindowMaximum(String label, int[][] rows, int[][] columns) implements Op {
  @Override
  public String name() {
    return label;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    long[] shape = inputs.getFirst().shape();
    if (!inputs.getFirst().dtype(label).isFloat()) {
      throw TensorException.of(
          "%s: needs a floating-point tensor, got %s; convert it with to(F32)",
          label, inputs.getFirst().type().label());
    }
    shape[shape.length - 2] = rows.length;
    shape[shape.length - 1] = columns.length;
    return Tensor.meta(DType.I64, shape);
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    long[] out = new long[Math.toIntExact(like.elements())];
    int width = Math.toIntExact(x.size(-1));
    int plane = Math.toIntExact(x.size(-2)) * width;
    int windows = rows.length * columns.length;
    int chunk = Math.max(1, Parallel.ELEMENTS / Math.max(1, plane));
    int planes = windows == 0 ? 0 : out.length / windows;
    if (x.type() == DType.F64) {
      double[] values = Host.doubles(x);
      Parallel.ranges(
          planes,
          chunk,
          (from, to) -> {
            for (int p = from; p < to; p++) {
              int at = p * plane;
              plane(
                  out,
                  p * windows,
                  width,
                  (i, best) ->
                      values[at + i] > values[at + best] || values[at + best] != values[at + best]);
            }
          });
    } else {
      float[] values = Host.floats(x);
      Parallel.ranges(
          planes,
          chunk,
          (from, to) -> {
            for (int p = from; p < to; p++) {
              int at = p * plane;
              plane(
                  out,
                  p * windows,
                  width,
                  (i, best) ->
                      values[at + i] > values[at + best] || values[at + best] != values[at + best]);
            }
          });
    }
    return Host.tensor(out, DType.I64, like.shape());
  }

  /// Whether the element at one place is to be preferred to the best so far.
  @FunctionalInterface
  private interface Better {
    boolean than(int place, int best);
  }

  private void plane(long[] out, int at, int width, Better better) {
    int next = at;
    for (int[] seenRows : rows) {
      for (int[] seenColumns : columns) {
        int best = seenRows[0] * width + seenColumns[0];
        for (int r : seenRows) {
          for (int c : seenColumns) {
            int place = r * width + c;
            if (place != best && better.than(place, best)) {
              best = place;
            }
          }
        }
        out[next++] = best;
      }
    }
  }
}
