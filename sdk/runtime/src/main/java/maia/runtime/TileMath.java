package maia.runtime;

import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.library.Activation;
import maia.numerics.DType;
import maia.tensor.Binary;
import maia.tensor.Comparison;
import maia.tensor.Unary;

/// Functions of elements on tiles of F32, in the order of operations of the host, one rounding
/// each.
final class TileMath {
  private TileMath() {}

  static Tile of(KernelContext k, Unary op, Tile x) {
    return switch (op) {
      case Unary.Relu _ -> Activation.RELU.apply(x);
      case Unary.Exp _ -> x.exp();
      case Unary.Log _ -> x.log();
      case Unary.Tanh _ -> x.tanh();
      case Unary.Sigmoid _ -> x.sigmoid();
      case Unary.Erf _ -> x.erf();
      case Unary.Sqrt _ -> x.sqrt();
      case Unary.Neg _ -> x.neg();
      case Unary.Abs _ -> x.abs();
      case Unary.Sign _ -> x.gt(0).where(1.0, x.lt(0).where(-1.0, x));
      case Unary.Pow(var exponent) -> power(k, x, exponent);
      case Unary.Clamp(var low, var high) ->
          x.lt((float) low).where((float) low, x.gt((float) high).where((float) high, x));
    };
  }

  private static Tile power(KernelContext k, Tile x, int exponent) {
    if (exponent == 0) {
      return x.zerosLike().add(1);
    }
    Tile product = x;
    for (int i = 1; i < Math.abs(exponent); i++) {
      product = product.mul(x);
    }
    return exponent < 0 ? k.full(DType.F32, 1).div(product) : product;
  }

  static Tile of(KernelContext k, maia.tensor.Activation op, Tile x) {
    return switch (op) {
      case maia.tensor.Activation.Gelu _ -> Activation.GELU.apply(x);
      case maia.tensor.Activation.GeluTanh _ -> Activation.GELU_TANH.apply(x);
      case maia.tensor.Activation.Silu _ -> Activation.SILU.apply(x);
      case maia.tensor.Activation.LeakyRelu(var slope) -> x.ge(0).where(x, x.mul(slope));
      case maia.tensor.Activation.Elu(var alpha) ->
          x.gt(0).where(x, exponentialLessOne(k, x).mul(alpha));
      case maia.tensor.Activation.Softplus _ -> x.max(0).add(logOnePlus(x.abs().neg().exp()));
    };
  }

  /// e^x - 1 for x up to 0.
  private static Tile exponentialLessOne(KernelContext k, Tile x) {
    Tile t = x.mul(0.5f).tanh();
    return x.lt(-20).where(-1.0, t.mul(2).div(k.full(DType.F32, 1).sub(t)));
  }

  /// log(1 + e) for e from 0 to 1.
  private static Tile logOnePlus(Tile e) {
    Tile u = e.add(1);
    return u.log().sub(u.sub(1).sub(e).div(u));
  }

  static Tile of(Binary op, Tile a, Tile b) {
    return switch (op) {
      case Binary.Add _ -> a.add(b);
      case Binary.Sub _ -> a.sub(b);
      case Binary.Mul _ -> a.mul(b);
      case Binary.Div _ -> a.div(b);
      case Binary.Maximum _ -> a.max(b);
      case Binary.Minimum _ -> a.min(b);
    };
  }

  static Mask of(Comparison op, Tile a, Tile b) {
    return switch (op) {
      case Comparison.Eq _ -> a.eq(b);
      case Comparison.Ne _ -> a.ne(b);
      case Comparison.Lt _ -> a.lt(b);
      case Comparison.Le _ -> a.le(b);
      case Comparison.Gt _ -> a.gt(b);
      case Comparison.Ge _ -> a.ge(b);
    };
  }
}
