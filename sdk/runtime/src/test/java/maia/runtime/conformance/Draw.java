package maia.runtime.conformance;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import maia.numerics.DType;
import maia.tensor.Tensor;

/// Inputs of one kind of shape and one element type, from a seed.
final class Draw {
  /// What shapes are like.
  enum Kind {
    /// Sizes that fill no block.
    RAGGED,
    /// The first size is 0.
    EMPTY,
    /// No dimensions.
    SCALAR,
    /// Neither dense nor from the beginning of its memory.
    STRIDED,
  }

  final Kind kind;
  final DType type;
  private long seed;

  Draw(Kind kind, DType type, long seed) {
    this.kind = kind;
    this.type = type;
    this.seed = 1000 * seed;
  }

  /// A tensor of the element type, its shape bent to the kind.
  Tensor x(long... shape) {
    return x(type, shape);
  }

  Tensor x(DType of, long... shape) {
    return switch (kind) {
      case RAGGED -> values(of, shape);
      case SCALAR -> values(of);
      case EMPTY -> {
        long[] empty = shape.clone();
        if (empty.length > 0) {
          empty[0] = 0;
        }
        yield values(of, empty);
      }
      case STRIDED -> strided(of, shape);
    };
  }

  /// A tensor of the element type in exactly this shape.
  Tensor fixed(long... shape) {
    return kind == Kind.STRIDED ? strided(type, shape) : values(type, shape);
  }

  /// Reversed dimensions, and every second element of the first one.
  private Tensor strided(DType of, long... shape) {
    if (shape.length == 0) {
      return values(of, 3).select(0, 1);
    }
    long[] reversed = new long[shape.length];
    for (int d = 0; d < shape.length; d++) {
      reversed[shape.length - 1 - d] = shape[d];
    }
    reversed[0] = 2 * reversed[0] + 1;
    Tensor dense = values(of, reversed);
    Tensor half = dense.slice(0, 1, reversed[0], 2);
    int[] order = IntStream.range(0, shape.length).map(d -> shape.length - 1 - d).toArray();
    return half.permute(order);
  }

  private Tensor values(DType of, long... shape) {
    seed++;
    if (of.isFloat()) {
      boolean isSigned = of != DType.E8M0 && of != DType.UE4M3;
      Tensor x = Tensor.randn(DType.F32, seed, shape);
      return (isSigned ? x : x.abs().add(0.01)).to(of);
    }
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    SplittableRandom random = new SplittableRandom(seed);
    long low = of == DType.U8 || of == DType.BOOL ? 0 : -9;
    long high = of == DType.BOOL ? 2 : 10;
    long[] longs = new long[count];
    Arrays.setAll(longs, i -> random.nextLong(low, high));
    return Tensor.ofLongs(longs).reshape(shape).to(of);
  }

  /// Integers other than 0, for divisors.
  Tensor divisor(long... shape) {
    Tensor y = x(shape);
    return y.eq(0L).where(Tensor.full(3, type), y);
  }

  /// Positions 0 to `below` - 1.
  Tensor index(long below, long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    SplittableRandom random = new SplittableRandom(++seed);
    long[] longs = new long[count];
    Arrays.setAll(longs, i -> random.nextLong(below));
    return Tensor.ofLongs(longs).reshape(shape);
  }

  @Override
  public String toString() {
    return type.label() + " " + kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
