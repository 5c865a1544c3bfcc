package maia.kernel.fuzz;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;

import java.util.SplittableRandom;
import maia.kernel.Direction;
import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Random statements without blocks: each takes values from the pool and adds what it makes. Tiles
/// in the pool are scalars, rows, columns or whole blocks, so any two stretch to each other.
final class Statements {
  private static final int SMALL = 1000;

  private final KernelContext k;
  private final Spec spec;
  private final Spec.Sizes sizes;
  private final Pool pool;

  Statements(KernelContext k, Spec spec, Pool pool) {
    this.k = k;
    this.spec = spec;
    sizes = spec.sizes();
    this.pool = pool;
  }

  void write(SplittableRandom random) {
    switch (random.nextInt(spec.isPlain() ? 17 : 20)) {
      case 0, 1 -> pool.add(unary(random, floats(random)));
      case 2, 3, 4 -> pool.add(binary(random));
      case 5 -> pool.add(constant(random, floats(random)));
      case 6, 7 -> pool.add(integers(random));
      case 8 -> pool.add(compare(random));
      case 9 -> pool.add(where(random));
      case 10 -> pool.add(cast(random));
      case 11, 12 -> pool.add(reduce(random));
      case 13 -> pool.add(dot(random));
      case 14 -> pool.add(unary(random, block(random).t()).t());
      case 15 -> pool.add(fma(random));
      case 16 -> pool.add(mask(random).to(F32));
      case 17 -> pool.add(shape(random));
      case 18 -> pool.add(order(random));
      default -> pool.add(bits(random));
    }
  }

  // ---- operands

  private Tile floats(SplittableRandom random) {
    return pool.tile(random, t -> t.dtype().isFloat());
  }

  private Tile numbers(SplittableRandom random) {
    Tile tile = pool.tile(random, t -> t.dtype().isInteger());
    return (tile == null ? k.arange(sizes.columns()) : tile).rem(SMALL);
  }

  private Mask mask(SplittableRandom random) {
    Mask mask = pool.mask(random, _ -> true);
    return mask == null ? compare(random) : mask;
  }

  /// A whole block of F32.
  private Tile block(SplittableRandom random) {
    Tile tile = floats(random);
    Tile wide = tile.dtype() == F32 ? tile : tile.to(F32);
    return wide.broadcastTo(sizes.rows(), sizes.columns());
  }

  // ---- element by element

  private static Tile unary(SplittableRandom random, Tile x) {
    return switch (random.nextInt(16)) {
      case 0 -> x.neg();
      case 1 -> x.abs();
      case 2 -> x.exp();
      case 3 -> x.exp2();
      case 4 -> x.abs().log();
      case 5 -> x.abs().add(0.5).log2();
      case 6 -> x.abs().sqrt();
      case 7 -> x.abs().add(1).rsqrt();
      case 8 -> x.reciprocal();
      case 9 -> x.tanh();
      case 10 -> x.erf();
      case 11 -> x.sin();
      case 12 -> x.cos();
      case 13 -> x.sigmoid();
      case 14 -> x.floor();
      default -> x.ceil();
    };
  }

  private Tile binary(SplittableRandom random) {
    Tile a = floats(random);
    Tile b = floats(random);
    Tile y = a.dtype() == b.dtype() ? b : b.to(a.dtype());
    return switch (random.nextInt(6)) {
      case 0 -> a.add(y);
      case 1 -> a.sub(y);
      case 2 -> a.mul(y);
      case 3 -> a.div(y);
      case 4 -> a.min(y);
      default -> a.max(y);
    };
  }

  private static Tile constant(SplittableRandom random, Tile x) {
    double c = random.nextInt(-40, 40) / 10.0;
    return switch (random.nextInt(5)) {
      case 0 -> x.add(c);
      case 1 -> x.sub(c);
      case 2 -> x.mul(c);
      case 3 -> x.max(c);
      default -> x.clamp(-1.5, 2.5);
    };
  }

  private Tile fma(SplittableRandom random) {
    Tile a = block(random);
    Tile b = block(random);
    return a.fma(b, block(random));
  }

  private Tile integers(SplittableRandom random) {
    Tile a = numbers(random);
    if (random.nextInt(4) == 0) {
      return random.nextBoolean() ? a.neg() : a.abs();
    }
    Tile b = numbers(random);
    return switch (random.nextInt(7)) {
      case 0 -> a.add(b);
      case 1 -> a.sub(b);
      case 2 -> a.mul(b);
      case 3 -> a.div(b.abs().add(1));
      case 4 -> a.rem(b.abs().add(1));
      case 5 -> a.min(b);
      default -> a.max(b);
    };
  }

  private Mask compare(SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      Mask a = pool.mask(random, _ -> true);
      Mask b = pool.mask(random, _ -> true);
      if (a != null && b != null) {
        return random.nextBoolean() ? a.and(b.not()) : a.or(b);
      }
    }
    boolean isFloat = random.nextBoolean();
    Tile a = isFloat ? floats(random) : numbers(random);
    Tile b = isFloat ? floats(random) : numbers(random);
    Tile y = isFloat && b.dtype() != a.dtype() ? b.to(a.dtype()) : b;
    return switch (random.nextInt(6)) {
      case 0 -> a.lt(y);
      case 1 -> a.le(y);
      case 2 -> a.gt(y);
      case 3 -> a.ge(y);
      case 4 -> a.eq(y);
      default -> a.ne(y);
    };
  }

  private Tile where(SplittableRandom random) {
    Mask condition = mask(random);
    Tile a = floats(random);
    if (random.nextBoolean()) {
      return condition.where(a, random.nextInt(5));
    }
    Tile b = floats(random);
    return condition.where(a, a.dtype() == b.dtype() ? b : b.to(a.dtype()));
  }

  private Tile cast(SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      return numbers(random).to(random.nextBoolean() ? F32 : BF16);
    }
    DType[] types = {F32, BF16, F16, FP8_E4M3, I32, I64};
    DType type = types[random.nextInt(types.length)];
    Tile x = floats(random);
    return type.isFloat() ? x.to(type) : x.clamp(-500, 500).to(type);
  }

  // ---- whole tiles

  private Tile reduce(SplittableRandom random) {
    Tile x = random.nextInt(4) == 0 ? wholeNumbers(random) : block(random);
    int axis = random.nextInt(2);
    Tile reduced =
        switch (random.nextInt(3)) {
          case 0 -> x.sum(axis);
          case 1 -> x.amax(axis);
          default -> x.amin(axis);
        };
    return axis == 0 ? reduced : reduced.col();
  }

  private Tile wholeNumbers(SplittableRandom random) {
    return numbers(random).broadcastTo(sizes.rows(), sizes.columns());
  }

  private Tile dot(SplittableRandom random) {
    DType[] types = {BF16, F16, FP8_E4M3};
    DType type = types[random.nextInt(types.length)];
    Tile a = block(random).to(type);
    Tile b = block(random).to(type);
    Tile squared = k.dot(a, b.t(), k.zeros(F32, sizes.rows(), sizes.rows()));
    return random.nextBoolean() ? squared.sum(1).col() : k.dot(squared.to(type), b, block(random));
  }

  private Tile shape(SplittableRandom random) {
    Tile x = block(random);
    int r = sizes.rows();
    int c = sizes.columns();
    return switch (random.nextInt(6)) {
      case 0 -> x.reshape(r * c).mul(2).reshape(r, c);
      case 1 -> x.flip(random.nextInt(2));
      case 2 -> x.reshape(r / 2, 2, c).permute(1, 0, 2).reshape(r, c);
      case 3 -> k.cat(x, block(random), 1).reshape(r, 2, c).sum(1);
      case 4 -> k.join(x, block(random)).split().first();
      default -> k.interleave(x, block(random)).reshape(r, c, 2).split().second();
    };
  }

  private Tile order(SplittableRandom random) {
    int axis = random.nextInt(2);
    if (random.nextInt(6) == 0) {
      return placed(wholeNumbers(random).xorSum(axis), axis);
    }
    Tile x = block(random);
    Direction direction = random.nextBoolean() ? Direction.FORWARD : Direction.REVERSE;
    return switch (random.nextInt(6)) {
      case 0 -> x.sort(axis, direction);
      case 1 -> x.cumsum(axis, direction);
      case 2 -> x.scan(axis, direction, (a, b) -> a.mul(0.5).add(b));
      case 3 -> placed(x.argmax(axis), axis).to(F32);
      case 4 -> placed(x.reduce(axis, (a, b) -> a.sub(b).abs()), axis);
      default -> x.gather(wholeNumbers(random).abs().rem(x.shape().get(axis)), axis);
    };
  }

  private static Tile placed(Tile reduced, int axis) {
    return axis == 0 ? reduced : reduced.col();
  }

  private Tile bits(SplittableRandom random) {
    Tile a = numbers(random);
    return switch (random.nextInt(8)) {
      case 0 -> a.and(numbers(random));
      case 1 -> a.or(numbers(random));
      case 2 -> a.xor(numbers(random));
      case 3 -> a.shl(a.and(7));
      case 4 -> a.shr(numbers(random).and(7));
      case 5 -> k.rand(random.nextLong(100), a.abs());
      case 6 -> a.to(F32).bitcast(I32).and(1023);
      default -> k.randint(7, a.abs()).shr(16);
    };
  }
}
