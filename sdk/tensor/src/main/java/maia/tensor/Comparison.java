package maia.tensor;

import java.util.List;
import maia.numerics.DType;

/// Comparisons of pairs of elements of two tensors that broadcast, made in fp32 (fp64, integers)
/// like arithmetic; the result is BOOL. NaN is equal to nothing and ordered with nothing.
public sealed interface Comparison extends Op {
  /// a == b.
  record Eq() implements Comparison {}

  /// a != b.
  record Ne() implements Comparison {}

  /// a &lt; b.
  record Lt() implements Comparison {}

  /// a &lt;= b.
  record Le() implements Comparison {}

  /// a > b.
  record Gt() implements Comparison {}

  /// a >= b.
  record Ge() implements Comparison {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    a.dtype(name());
    b.dtype(name());
    return Tensor.meta(DType.BOOL, Shapes.broadcast(name(), a, b));
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    long[] shape = meta(inputs).shape();
    Tensor a = inputs.get(0).expand(shape);
    Tensor b = inputs.get(1).expand(shape);
    boolean[] result =
        switch (Host.Kind.of(Shapes.promote(name(), a, b))) {
          case FLOAT -> apply(Host.floats(a), Host.floats(b));
          case DOUBLE -> apply(Host.doubles(a), Host.doubles(b));
          case LONG -> apply(Host.longs(a), Host.longs(b));
        };
    return Host.tensor(result, shape);
  }

  private boolean[] apply(float[] a, float[] b) {
    boolean[] result = new boolean[a.length];
    for (int i = 0; i < a.length; i++) {
      float x = a[i];
      float y = b[i];
      result[i] =
          switch (this) {
            case Eq _ -> x == y;
            case Ne _ -> x != y;
            case Lt _ -> x < y;
            case Le _ -> x <= y;
            case Gt _ -> x > y;
            case Ge _ -> x >= y;
          };
    }
    return result;
  }

  private boolean[] apply(double[] a, double[] b) {
    boolean[] result = new boolean[a.length];
    for (int i = 0; i < a.length; i++) {
      double x = a[i];
      double y = b[i];
      result[i] =
          switch (this) {
            case Eq _ -> x == y;
            case Ne _ -> x != y;
            case Lt _ -> x < y;
            case Le _ -> x <= y;
            case Gt _ -> x > y;
            case Ge _ -> x >= y;
          };
    }
    return result;
  }

  private boolean[] apply(long[] a, long[] b) {
    boolean less = this instanceof Lt || this instanceof Le || this instanceof Ne;
    boolean equal = this instanceof Eq || this instanceof Le || this instanceof Ge;
    boolean greater = this instanceof Gt || this instanceof Ge || this instanceof Ne;
    boolean[] result = new boolean[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i] < b[i] ? less : a[i] > b[i] ? greater : equal;
    }
    return result;
  }
}
