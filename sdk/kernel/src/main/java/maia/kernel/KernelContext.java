package maia.kernel;

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

  /// A scalar integer of the device.
  Tile scalar(long value);

  /// A tile with the same value everywhere; without sizes a scalar.
  Tile full(DType type, double value, int... shape);

  /// A tile of zeros.
  default Tile zeros(DType type, int... shape) {
    return full(type, 0, shape);
  }

  /// `acc + a x b` on the tensor unit: `a` is MxK, `b` is KxN, `acc` is MxN in F32. Each output is
  /// one chain of fused multiply-adds in ascending k.
  Tile dot(Tile a, Tile b, Tile acc);

  /// As [#dot] on block-scaled operands.
  Tile dotScaled(MxTile a, MxTile b, Tile acc);

  /// `tile` (F32) quantised along its last dimension.
  MxTile quantize(Tile tile, BlockFormat format, ScaleRule rule);

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

  /// Refuses the kernel with `message` unless `holds`; both are known while tracing.
  void check(boolean holds, String message);

  /// A device loop being described.
  interface Loop {
    /// Keeps the loads of the body in flight for `count` iterations, at least 1.
    Loop stages(int count);

    /// Records the body; it is called once with the loop's index.
    void each(Consumer<Tile> body);
  }
}
