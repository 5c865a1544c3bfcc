package maia.tensor;

import java.util.concurrent.atomic.AtomicLong;
import maia.numerics.DType;
import maia.numerics.Philox;

/// A source of random tensors: PyTorch's `torch.Generator`, as an object instead of a global seed.
///
/// Element i of a stream is a function of the seed and i alone (Philox 4x32-10), so results do not
/// depend on threads or machines. Each call takes the next elements of the stream, starting at a
/// multiple of 4; [#offset] and [#at] save and restore the place.
///
/// ```java
/// Generator random = Generator.seed(42);
/// Tensor x = random.randn(3, 4);
/// Tensor order = random.randperm(3);
/// ```
public final class Generator {
  private static final int BLOCK = 4;

  private final long seed;
  private final AtomicLong offset;

  private Generator(long seed, long offset) {
    ShapeException.check(
        offset >= 0 && offset % BLOCK == 0,
        "generator: the offset must be a multiple of %d and not negative, was %d",
        BLOCK,
        offset);
    this.seed = seed;
    this.offset = new AtomicLong(offset);
  }

  /// The stream of `seed` from its start: PyTorch's `manual_seed`.
  public static Generator seed(long seed) {
    return new Generator(seed, 0);
  }

  /// The stream of `seed` from element `offset`, as [#offset] gave it.
  public static Generator at(long seed, long offset) {
    return new Generator(seed, offset);
  }

  /// A stream of its own, number `stream` of this seed, from its start: for a worker or a layer.
  public Generator fork(long stream) {
    return new Generator(Philox.bits(seed, stream), 0);
  }

  /// The seed.
  public long seed() {
    return seed;
  }

  /// The element of the stream that the next call begins with.
  public long offset() {
    return offset.get();
  }

  /// Takes `count` elements of the stream; the first of them.
  private long take(long count) {
    return offset.getAndAdd(Math.ceilDiv(count, (long) BLOCK) * BLOCK);
  }

  private long take(long... shape) {
    return take(Layout.contiguous(shape).elements());
  }

  /// F32 values uniform in [0, 1).
  public Tensor rand(long... shape) {
    return rand(DType.F32, shape);
  }

  /// Values uniform in [0, 1), rounded to `type`.
  public Tensor rand(DType type, long... shape) {
    long first = take(shape);
    return Create.random(type, i -> Philox.uniform(seed, first + i), shape);
  }

  /// F32 standard normal values.
  public Tensor randn(long... shape) {
    return randn(DType.F32, shape);
  }

  /// Standard normal values, rounded to `type`.
  public Tensor randn(DType type, long... shape) {
    long first = take(shape);
    return Create.random(type, i -> Philox.normal(seed, first + i), shape);
  }

  /// F32 values uniform from `low` to `high` (exclusive up to rounding).
  public Tensor uniform(double low, double high, long... shape) {
    long first = take(shape);
    return Create.random(
        DType.F32, i -> (float) (low + (high - low) * Philox.uniform(seed, first + i)), shape);
  }

  /// F32 normal values.
  public Tensor normal(double mean, double deviation, long... shape) {
    long first = take(shape);
    return Create.random(
        DType.F32, i -> (float) (mean + deviation * Philox.normal(seed, first + i)), shape);
  }

  /// I64 values from `low` to `high` (exclusive), each equally likely up to 2^-64 times the range.
  public Tensor randint(long low, long high, long... shape) {
    long range = high - low;
    ShapeException.check(range > 0, "randint: high must be above low, were %d and %d", high, low);
    long[] values = new long[Math.toIntExact(Layout.contiguous(shape).elements())];
    long first = take(shape);
    Parallel.ranges(
        values.length,
        Parallel.ELEMENTS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            values[i] = low + draw(first + i, range);
          }
        });
    return Host.tensor(values, DType.I64, shape);
  }

  private long draw(long index, long range) {
    return Math.unsignedMultiplyHigh(Philox.bits(seed, index), range);
  }

  /// The I64 values 0 to `count` - 1 in random order.
  public Tensor randperm(int count) {
    ShapeException.check(count >= 0, "randperm: the count must not be negative, was %d", count);
    long first = take(count);
    long[] values = new long[count];
    for (int i = 0; i < count; i++) { // Fisher-Yates from the inside out
      int other = (int) draw(first + i, i + 1L);
      values[i] = values[other];
      values[other] = i;
    }
    return Host.tensor(values, DType.I64, count);
  }

  /// F32 values, 1 with probability `p`, else 0.
  public Tensor bernoulli(double p, long... shape) {
    ShapeException.check(p >= 0 && p <= 1, "bernoulli: p must be in [0, 1], was %s", p);
    long first = take(shape);
    return Create.random(DType.F32, i -> Philox.uniform(seed, first + i) < p ? 1 : 0, shape);
  }

  /// For each element of `p`: 1 with that probability, else 0, in the type of `p`.
  public Tensor bernoulli(Tensor p) {
    float[] chances = Host.floats(p);
    long first = take(p.elements());
    for (int i = 0; i < chances.length; i++) {
      ShapeException.check(
          chances[i] >= 0 && chances[i] <= 1,
          "bernoulli: probabilities must be in [0, 1], found %s",
          chances[i]);
      chances[i] = Philox.uniform(seed, first + i) < chances[i] ? 1 : 0;
    }
    return Host.tensor(chances, p.dtype(), p.shape()).to(p.device());
  }

  /// The seed and the place in its stream.
  @Override
  public String toString() {
    return "Generator(seed=" + seed + ", offset=" + offset + ")";
  }
}
