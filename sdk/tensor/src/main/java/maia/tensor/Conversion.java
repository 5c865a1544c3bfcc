package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// Operations that keep the values, up to rounding, and change how they are stored.
public sealed interface Conversion extends Op {
  /// Another scalar type.
  record Cast(DType type, Rounding rounding, Overflow overflow) implements Conversion {
    /// To the nearest value (ties to even), saturating.
    public Cast(DType type) {
      this(type, Rounding.NEAREST_EVEN, Overflow.SATURATE);
    }
  }

  /// Blocks along the last dimension with a shared scale.
  record Quantize(BlockFormat format, ScaleRule rule) implements Conversion {}

  /// The values of a block tensor in F32.
  record Dequantize() implements Conversion {}

  /// A dense copy in row order.
  record Contiguous() implements Conversion {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    return switch (this) {
      case Cast(var type, _, _) -> {
        x.dtype("cast");
        yield Tensor.meta(type, x.shape());
      }
      case Quantize(var format, _) -> {
        ShapeException.check(
            x.rank() > 0,
            "quantize: blocks of %s need at least one dimension, got a scalar",
            format.label());
        yield Tensor.meta(format, x.shape());
      }
      case Dequantize _ -> {
        blockFormat(x);
        yield Tensor.meta(DType.F32, x.shape());
      }
      case Contiguous _ -> Tensor.meta(x.type(), x.shape());
    };
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    meta(inputs);
    Tensor x = inputs.getFirst();
    return switch (this) {
      case Cast cast -> cast(cast, x);
      case Quantize(var format, var rule) ->
          Tensor.on(Device.cpu(), BlockCodec.quantize(x, format, rule));
      case Dequantize _ -> Tensor.on(Device.cpu(), BlockCodec.dequantize(x));
      case Contiguous _ -> Tensor.on(Device.cpu(), Host.copy(x));
    };
  }

  private static BlockFormat blockFormat(Tensor x) {
    if (x.type() instanceof BlockFormat format) {
      return format;
    }
    throw TensorException.of(
        "dequantize: needs a block tensor, got %s; use to(F32)", x.type().label());
  }

  private static Tensor cast(Cast cast, Tensor x) {
    DType from = x.dtype("cast");
    DType to = cast.type();
    if (to == DType.BOOL) {
      return Host.tensor(Host.booleans(x), x.shape());
    }
    boolean exact = from == DType.F64 || Host.Kind.of(from) == Host.Kind.LONG;
    if (exact && Host.Kind.of(to) == Host.Kind.LONG && from != DType.F64) {
      return Host.tensor(Host.longs(x), to, x.shape());
    }
    if (isSmall(from) && to.isFloat() && to != DType.F64) {
      return HostKernels.convert(widened(x), to, cast.rounding(), cast.overflow());
    }
    if (exact || to == DType.F64 || Host.Kind.of(to) == Host.Kind.LONG) {
      return ofDoubles(Host.doubles(x), cast, x.shape());
    }
    return HostKernels.convert(x, to, cast.rounding(), cast.overflow());
  }

  /// Integers that F32 holds exactly.
  private static boolean isSmall(DType type) {
    return Host.Kind.of(type) == Host.Kind.LONG && type.bits() <= Short.SIZE;
  }

  private static Tensor widened(Tensor x) {
    long[] values = Host.longs(x);
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return Host.tensor(floats, DType.F32, x.shape());
  }

  private static Tensor ofDoubles(double[] values, Cast cast, long... shape) {
    DType to = cast.type();
    if (to == DType.F64) {
      return Host.tensor(values, to, shape);
    }
    if (Host.Kind.of(to) == Host.Kind.LONG) {
      long[] longs = new long[values.length];
      for (int i = 0; i < longs.length; i++) {
        longs[i] = (long) values[i];
      }
      return Host.tensor(longs, to, shape);
    }
    return Tensor.on(Device.cpu(), round(values, cast, shape));
  }

  /// `values` rounded once, to the nearest.
  static HostArray round(double[] values, DType type, long... shape) {
    return round(values, new Cast(type), shape);
  }

  /// `values` rounded once, as `cast` says.
  static HostArray round(double[] values, Cast cast, long... shape) {
    Codec codec = Codec.of(cast.type());
    float[] rounded = new float[values.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = codec.decode(codec.encode(values[i], cast.rounding(), cast.overflow(), i));
    }
    HostArray result = HostArray.zeros(cast.type(), shape);
    codec.encode(
        rounded, 0, rounded.length, result.segment(), 0, 1, Rounding.NEAREST_EVEN, cast.overflow());
    return result;
  }

  @Override
  default Reads reads() {
    return Reads.NOTHING;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor x = inputs.getFirst();
    return List.of(
        Optional.of(
            switch (this) {
              case Cast _ -> gradient.to(x.dtype("cast"));
              case Quantize _ -> gradient.to(x.dtype("quantize"));
              case Dequantize _, Contiguous _ -> gradient;
            }));
  }

  @Override
  default long flops(List<Tensor> inputs, Tensor output) {
    return 0;
  }
}
