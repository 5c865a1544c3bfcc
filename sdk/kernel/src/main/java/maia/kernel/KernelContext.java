package maia.kernel;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maia.kernel.ir.Mapping;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// What a kernel lambda writes with: parameters, creation, matrix products and control flow of the
/// device. Everything else is a method of [Tile].
public sealed interface KernelContext permits Tracer {
  /// Declares an array parameter.
  ArrayArg array(String name, DType type, int rank, Access access);

  /// Declares a block-format array parameter: elements and their scales.
  BlockArrayArg array(String name, BlockFormat type, int rank, Access access);

  /// An array that is only read.
  default ArrayArg in(String name, DType type, int rank) {
    return array(name, type, rank, Access.IN);
  }

  /// A block-format array that is only read.
  default BlockArrayArg in(String name, BlockFormat type, int rank) {
    return array(name, type, rank, Access.IN);
  }

  /// An array that is written completely.
  default ArrayArg out(String name, DType type, int rank) {
    return array(name, type, rank, Access.OUT);
  }

  /// A block-format array that is written completely.
  default BlockArrayArg out(String name, BlockFormat type, int rank) {
    return array(name, type, rank, Access.OUT);
  }

  /// An array that is read and written.
  default ArrayArg inOut(String name, DType type, int rank) {
    return array(name, type, rank, Access.IN_OUT);
  }

  /// A 32-bit float parameter.
  Tile f32(String name);

  /// A 64-bit integer parameter.
  Tile i64(String name);

  /// A value known while tracing; `with(name, value)` on the kernel replaces the default.
  int meta(String name, int byDefault);

  /// A truth value known while tracing.
  boolean meta(String name, boolean byDefault);

  /// A number known while tracing.
  double meta(String name, double byDefault);

  /// A constant of an enum, a [DType] for instance, known while tracing.
  <E extends Enum<E>> E meta(String name, E byDefault);

  /// A block format known while tracing.
  BlockFormat meta(String name, BlockFormat byDefault);

  /// This program's index in grid dimension `dim`, 0 to 2.
  Tile programId(int dim);

  /// The grid's size in dimension `dim`, 0 to 2.
  Tile numPrograms(int dim);

  /// The integers 0 to `size` - 1; `size` is a power of two.
  Tile arange(int size);

  /// The integers `start` to `end` - 1; `end - start` is a power of two.
  default Tile arange(int start, int end) {
    return arange(end - start).add(start);
  }

  /// A scalar integer of the device.
  Tile scalar(long value);

  /// A tile with the same value everywhere; without sizes a scalar.
  Tile full(DType type, double value, int... shape);

  /// A tile of zeros.
  default Tile zeros(DType type, int... shape) {
    return full(type, 0, shape);
  }

  /// The elements of the parts, one part after the other, along `dim`.
  Tile cat(int dim, Tile... parts);

  /// The elements of `a`, then those of `b`, along `dim`.
  default Tile cat(Tile a, Tile b, int dim) {
    return cat(dim, a, b);
  }

  /// `a` and `b` as the two positions of a new last dimension.
  default Tile join(Tile a, Tile b) {
    return new Tile(Shapes.join(a.made, b.made));
  }

  /// The elements of `a` and `b` taking turns along the last dimension.
  default Tile interleave(Tile a, Tile b) {
    return new Tile(Shapes.interleave(a.made, b.made));
  }

  /// `acc + a x b`: `a` is MxK, `b` is KxN, `acc` is MxN in F32 (I32 for 8-bit integers), or all
  /// three with one more leading dimension, the batch. Each output is one chain of fused
  /// multiply-adds in ascending k; floats of up to 16 bits and 8-bit integers run on the tensor
  /// unit, F32 on the vector unit.
  default Tile dot(Tile a, Tile b, Tile acc) {
    return dot(a, b, acc, Precision.EXACT);
  }

  /// As [#dot], with a choice for F32 operands.
  Tile dot(Tile a, Tile b, Tile acc, Precision precision);

  /// As [#dot] on block-scaled operands, formats may differ (FP8 against FP4) but not the block.
  /// Tensor scales are left out.
  Tile dotScaled(MxTile a, MxTile b, Tile acc);

  /// As [#dot] of a plain FP8 tile and a block-scaled one.
  Tile dotScaled(Tile a, MxTile b, Tile acc);

  /// As [#dot] of a block-scaled tile and a plain FP8 one.
  Tile dotScaled(MxTile a, Tile b, Tile acc);

  /// `tile` (F32) quantised along its last dimension. For a format with a tensor scale divide by it
  /// first.
  MxTile quantize(Tile tile, BlockFormat format, ScaleRule rule);

  /// The positions of several tiles along `axis` combined by `combine`, first to last.
  List<Tile> reduce(List<Tile> tiles, int axis, Combiner combine);

  /// What [#reduce] has combined after each position, beginning at one end.
  List<Tile> scan(List<Tile> tiles, int axis, Direction from, Combiner combine);

  /// A function of what is combined so far and the next elements, one scalar per tile. It may only
  /// compute element by element.
  @FunctionalInterface
  interface Combiner {
    /// One result per tile, of the tile's element type.
    List<Tile> combine(List<Tile> left, List<Tile> right);
  }

  // ---- random numbers: functions of seed and offset, the streams of Triton

  /// 32 random bits (I32) for each offset.
  default Tile randint(Tile seed, Tile offset) {
    return Randoms.bits(seed, offset, 0);
  }

  /// 32 random bits (I32) for each offset.
  default Tile randint(long seed, Tile offset) {
    return randint(scalar(seed), offset);
  }

  /// A random number in [0, 1) for each offset.
  default Tile rand(Tile seed, Tile offset) {
    return Randoms.uniform(seed, offset, 0);
  }

  /// A random number in [0, 1) for each offset.
  default Tile rand(long seed, Tile offset) {
    return rand(scalar(seed), offset);
  }

  /// A standard normal random number for each offset.
  default Tile randn(Tile seed, Tile offset) {
    return Randoms.normal(seed, offset);
  }

  /// A standard normal random number for each offset.
  default Tile randn(long seed, Tile offset) {
    return randn(scalar(seed), offset);
  }

  /// Four times 32 random bits (I32) for each offset: the four words of one block.
  default Four randint4x(Tile seed, Tile offset) {
    return Randoms.bits4(seed, offset);
  }

  /// Four random numbers in [0, 1) for each offset: the four words of one block.
  default Four rand4x(Tile seed, Tile offset) {
    return Randoms.uniform4(seed, offset);
  }

  /// Four standard normal random numbers for each offset: the four words of one block.
  default Four randn4x(Tile seed, Tile offset) {
    return Randoms.normal4(seed, offset);
  }

  /// Four tiles of one shape.
  record Four(Tile a, Tile b, Tile c, Tile d) {}

  /// Row `i` and column `j` of a `rows` x `columns` grid in row-major order, renumbered so that
  /// groups of `group` rows are walked column by column: neighbours in time then share operands.
  default Swizzled swizzle2d(Tile i, Tile j, Tile rows, Tile columns, long group) {
    Tile linear = i.mul(columns).add(j);
    Tile perGroup = columns.mul(group);
    Tile first = linear.div(perGroup).mul(group);
    Tile height = rows.sub(first).min(group);
    Tile inGroup = linear.rem(perGroup);
    return new Swizzled(first.add(inGroup.rem(height)), inGroup.div(height));
  }

  /// What [#swizzle2d] gives.
  record Swizzled(Tile i, Tile j) {}

  // ---- control flow

  /// A value that may change inside loops and branches.
  Var var(Tile initial);

  /// A device loop over `from`, `from + step`, ... below `to`.
  Loop range(Tile from, Tile to, Tile step);

  /// A device loop from `from` to below `to`.
  default Loop range(long from, Tile to) {
    return range(scalar(from), to, scalar(1));
  }

  /// A device loop from `from` to below `to`.
  default Loop range(long from, long to) {
    return range(scalar(from), scalar(to), scalar(1));
  }

  /// A device loop from `from` to below `to`.
  default Loop range(Tile from, Tile to) {
    return range(from, to, scalar(1));
  }

  /// A device loop with a step.
  default Loop range(long from, Tile to, long step) {
    return range(scalar(from), to, scalar(step));
  }

  /// A device loop with a step.
  default Loop range(long from, long to, long step) {
    return range(scalar(from), scalar(to), scalar(step));
  }

  /// A device loop with a step.
  default Loop range(Tile from, Tile to, long step) {
    return range(from, to, scalar(step));
  }

  /// Executes `then` on the device when the scalar condition holds.
  default void when(Mask condition, Runnable then) {
    when(condition, then, () -> {});
  }

  /// Executes `then` or `otherwise` on the device; results leave through [Var].
  void when(Mask condition, Runnable then, Runnable otherwise);

  /// Says how the grid is to be laid over the chip; without it the compiler decides everything.
  void mapping(Mapping wanted);

  /// Executes `body` on the device as long as the scalar condition holds. The condition is recorded
  /// once and evaluated before every iteration; what changes lives in a [Var] or in an array.
  void loopWhile(Supplier<Mask> condition, Runnable body);

  /// Prints the label and the values, once per program that gets here.
  void print(String label, Tile value);

  /// Prints the label and the truth values, once per program that gets here.
  void print(String label, Mask value);

  /// Stops the run with `message` when an element of the condition does not hold.
  void deviceAssert(Mask condition, String message);

  /// Promises that every element of the condition holds; a run that finds otherwise stops.
  void assume(Mask condition);

  /// Refuses the kernel with `message` unless `holds`; both are known while tracing.
  void check(boolean holds, String message);

  /// A device loop being described.
  interface Loop {
    /// Keeps the loads of the body in flight for `count` iterations, at least 1.
    Loop stages(int count);

    /// Executes `count` iterations one after the other per turn of the loop; what is left over runs
    /// in a second loop.
    Loop unroll(int count);

    /// Records the body; it is called once with the loop's index.
    void each(Consumer<Tile> body);
  }
}
