package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.Rows;

/// Normalisation over the last `dims` dimensions, with an optional weight and (after it) an
/// optional bias of their shape. Arithmetic is fp32 (fp64 for F64): sums in the order of
/// [maia.numerics.Reduce#sum], one over the square root of the variance (or mean square) plus
/// epsilon, then per element one product with it, one with the weight, one addition of the bias;
/// rounded once to the type of x.
public sealed interface Normalize extends Op {
  /// (x - mean) / sqrt(variance + epsilon); the variance is taken around the mean.
  record LayerNorm(int dims, float epsilon) implements Normalize {}

  /// x / sqrt(mean(x^2) + epsilon).
  record RmsNorm(int dims, float epsilon) implements Normalize {}

  /// How many trailing dimensions are normalised together.
  int dims();

  /// Added to the variance, so that a constant row does not divide by zero.
  float epsilon();

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "%s: not defined for %s; convert the tensor with to(F32)", name(), type.label());
    }
    Check.argument(
        dims() > 0 && dims() <= x.rank(),
        "%s: %d dimensions to normalise over must be from 1 to the rank of x, which is %s",
        name(),
        dims(),
        Layout.text(x.shape()));
    long[] normal = Arrays.copyOfRange(x.shape(), x.rank() - dims(), x.rank());
    for (Tensor affine : inputs.subList(1, inputs.size())) {
      ShapeException.check(
          affine.dtype(name()).isFloat() && Arrays.equals(affine.shape(), normal),
          "%s: weight and bias must be floating-point of shape %s, the last of x, which is %s; got"
              + " %s %s",
          name(),
          Layout.text(normal),
          Layout.text(x.shape()),
          affine.type().label(),
          Layout.text(affine.shape()));
    }
    return Tensor.meta(type, x.shape());
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    if (like.dtype() == DType.F64) {
      return ofDoubles(inputs, like);
    }
    Tensor x = inputs.getFirst();
    float[] weight = inputs.size() > 1 ? Host.floats(inputs.get(1)) : new float[0];
    float[] bias = inputs.size() > 2 ? Host.floats(inputs.get(2)) : new float[0];
    int n = Math.toIntExact(count(x));
    return HostKernels.rows(
        x,
        like.dtype(),
        switch (this) {
          case LayerNorm _ -> (rows, out) -> Rows.layerNorm(rows, out, n, epsilon(), weight, bias);
          case RmsNorm _ -> (rows, out) -> Rows.rmsNorm(rows, out, n, epsilon(), weight, bias);
        });
  }

  private Tensor ofDoubles(List<Tensor> inputs, Tensor like) {
    double[] x = Host.doubles(inputs.getFirst());
    int n = Math.toIntExact(count(inputs.getFirst()));
    double[] weight = inputs.size() > 1 ? Host.doubles(inputs.get(1)) : new double[0];
    double[] bias = inputs.size() > 2 ? Host.doubles(inputs.get(2)) : new double[0];
    for (int at = 0; at < x.length; at += n) {
      double mean = this instanceof LayerNorm ? Arrays.stream(x, at, at + n).sum() / n : 0;
      double squares = 0;
      for (int i = at; i < at + n; i++) {
        x[i] -= mean;
        squares += x[i] * x[i];
      }
      double root = Math.sqrt(squares / n + epsilon());
      for (int i = 0; i < n; i++) {
        double normal = x[at + i] / root * (weight.length > 0 ? weight[i] : 1);
        x[at + i] = normal + (bias.length > 0 ? bias[i] : 0);
      }
    }
    return Host.tensor(x, DType.F64, like.shape());
  }

  /// How many elements are normalised together.
  private long count(Tensor x) {
    long count = 1;
    for (int d = x.rank() - dims(); d < x.rank(); d++) {
      count *= x.size(d);
    }
    return count;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor x = inputs.getFirst();
    DType wide = wide(x);
    long n = count(x);
    Tensor rows = x.to(wide).reshape(n == 0 ? 0 : x.elements() / n, n);
    Tensor g = gradient.to(wide).reshape(rows.shape());
    Tensor scaled = inputs.size() > 1 ? g.mul(inputs.get(1).to(wide).reshape(1, n)) : g;
    Parts parts = Parts.of(this, rows);
    Stream<Optional<Tensor>> ofX =
        Stream.of(
            Autograd.wanted(x, () -> parts.backward(scaled).reshape(x.shape()).to(x.dtype())));
    Stream<Optional<Tensor>> ofAffine =
        Stream.iterate(1, i -> i < inputs.size(), i -> i + 1)
            .map(i -> {
              Tensor a = inputs.get(i);
              return Autograd.wanted(
                  a,
                  () -> {
                    Tensor share = i == 1 ? g.mul(parts.normal()) : g;
                    return share.sum(0).reshape(a.shape()).to(a.dtype());
                  });
            });
    return Stream.concat(ofX, ofAffine).toList();
  }

  /// What sums and their gradients are computed in.
  static DType wide(Tensor x) {
    return x.dtype() == DType.F64 ? DType.F64 : DType.F32;
  }

  /// What the gradient needs of the way forward: the normalised rows, and what they were divided
  /// by.
  record Parts(Normalize op, Tensor normal, Tensor root) {
    static Parts of(Normalize op, Tensor rows) {
      Tensor centred = op instanceof LayerNorm ? rows.sub(rows.mean(Dims.KEEP, 1)) : rows;
      Tensor root = centred.mul(centred).mean(Dims.KEEP, 1).add(op.epsilon()).sqrt();
      return new Parts(op, centred.div(root), root);
    }

    /// The gradient with respect to the rows, given that with respect to the normalised rows.
    Tensor backward(Tensor g) {
      Tensor along = normal.mul(g.mul(normal).mean(Dims.KEEP, 1));
      Tensor plain = op instanceof LayerNorm ? g.sub(g.mean(Dims.KEEP, 1)) : g;
      return plain.sub(along).div(root);
    }
  }
}
