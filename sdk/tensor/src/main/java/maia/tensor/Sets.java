package maia.tensor;

import java.util.Arrays;
import java.util.List;
import maia.numerics.DType;

/// Different elements, places in sorted sequences, and counts.
public final class Sets {
  private Sets() {}

  /// The different elements of a tensor.
  ///
  /// @param values in ascending order, as a vector
  /// @param inverse for each element of the tensor, its place in `values`, as I64
  /// @param counts how often each occurs, as I64
  public record Unique(Tensor values, Tensor inverse, Tensor counts) {}

  /// On which side of equal elements a place is.
  public enum Side {
    /// Before them.
    LEFT,
    /// After them.
    RIGHT,
  }

  static Unique unique(Tensor x) {
    onHost("unique", x);
    Tensor flat = x.detach().flatten();
    long[] order = Host.longs(flat.argsort(0));
    int n = order.length;
    double[] values = x.dtype().isFloat() ? Host.doubles(flat) : new double[0];
    long[] whole = x.dtype().isFloat() ? new long[0] : Host.longs(flat);
    long[] inverse = new long[n];
    long[] first = new long[n];
    long[] counts = new long[n];
    int found = 0;
    for (int i = 0; i < n; i++) {
      int here = (int) order[i];
      int before = i == 0 ? here : (int) order[i - 1];
      boolean same =
          i > 0
              && (values.length > 0
                  ? values[here] == values[before]
                  : whole[here] == whole[before]);
      if (!same) {
        first[found++] = here;
      }
      inverse[here] = found - 1L;
      counts[found - 1]++;
    }
    return new Unique(
        flat.gather(0, Host.tensor(Arrays.copyOf(first, found), DType.I64, found)),
        Host.tensor(inverse, DType.I64, x.shape()),
        Host.tensor(Arrays.copyOf(counts, found), DType.I64, found));
  }

  static Tensor bincount(Tensor x, int minLength) {
    onHost("bincount", x);
    ShapeException.check(
        x.rank() == 1 && x.dtype("bincount").isInteger() && minLength >= 0,
        "bincount: needs an integer vector and a length that is not negative, got %s %s and %d",
        x.type().label(),
        Layout.text(x.shape()),
        minLength);
    long[] values = Host.longs(x);
    long top = minLength - 1L;
    for (long v : values) {
      ShapeException.check(v >= 0, "bincount: elements must not be negative, found %d", v);
      top = Math.max(top, v);
    }
    ShapeException.check(
        top < Integer.MAX_VALUE - 8, "bincount: %d counts do not fit one tensor", top + 1);
    long[] counts = new long[(int) top + 1];
    for (long v : values) {
      counts[(int) v]++;
    }
    return Host.tensor(counts, DType.I64, counts.length);
  }

  static Tensor histc(Tensor x, int bins, double low, double high) {
    onHost("histc", x);
    ShapeException.check(
        bins > 0 && low < high,
        "histc: needs at least one bin and low below high, got %d, %s to %s",
        bins,
        low,
        high);
    if (!x.dtype("histc").isFloat()) {
      throw TensorException.of(
          "histc: needs a floating-point tensor, got %s; use bincount", x.type().label());
    }
    double[] counts = new double[bins];
    for (double v : Host.doubles(x)) {
      if (v >= low && v <= high) {
        counts[Math.min(bins - 1, (int) ((v - low) / (high - low) * bins))]++;
      }
    }
    return Host.tensor(counts, x.dtype(), bins);
  }

  /// The size of the result depends on values, which only the host reads.
  private static void onHost(String name, Tensor x) {
    if (!x.device().equals(Device.cpu())) {
      throw TensorException.of(
          "%s: runs on the host only, this tensor is on %s; use x.to(Device.cpu())",
          name, x.device());
    }
  }

  /// Places of values in sorted sequences. Inputs: the sequences (last dimension), the values; the
  /// other dimensions are equal, or the sequence is a vector.
  public record Search(Side side) implements Op {
    @Override
    public String name() {
      return "searchsorted";
    }

    @Override
    public Tensor meta(List<Tensor> inputs) {
      Tensor sorted = inputs.get(0);
      Tensor values = inputs.get(1);
      sorted.dtype(name());
      values.dtype(name());
      boolean fits = sorted.rank() == 1;
      if (!fits && sorted.rank() > 1 && sorted.rank() == values.rank()) {
        int lead = sorted.rank() - 1;
        fits = Arrays.equals(sorted.shape(), 0, lead, values.shape(), 0, lead);
      }
      ShapeException.check(
          fits,
          "searchsorted: the sequence must be a vector or have the leading dimensions of the values,"
              + " got %s and %s",
          Layout.text(sorted.shape()),
          Layout.text(values.shape()));
      return Tensor.meta(DType.I64, values.shape());
    }

    @Override
    public Tensor host(List<Tensor> inputs) {
      Tensor like = meta(inputs);
      double[] sorted = Host.doubles(inputs.get(0));
      double[] values = Host.doubles(inputs.get(1));
      int n = Math.toIntExact(inputs.get(0).size(-1));
      boolean one = inputs.get(0).rank() == 1;
      int m = one ? values.length : Math.toIntExact(inputs.get(1).size(-1));
      long[] out = new long[values.length];
      for (int i = 0; i < out.length; i++) {
        int at = i / m * n;
        out[i] = place(sorted, at, n, values[i]);
      }
      return Host.tensor(out, DType.I64, like.shape());
    }

    private long place(double[] sorted, int at, int n, double value) {
      int low = 0;
      int high = n;
      while (low < high) {
        int middle = (low + high) >>> 1;
        double v = sorted[at + middle];
        boolean below = side == Side.LEFT ? v < value : !(v > value);
        low = below ? middle + 1 : low;
        high = below ? high : middle;
      }
      return low;
    }
  }
}
