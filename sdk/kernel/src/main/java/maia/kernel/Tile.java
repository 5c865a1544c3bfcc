package maia.kernel;

import java.util.List;
import maia.base.Origin;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import org.jspecify.annotations.Nullable;

/// A value on the device: rank 0 is a scalar. Methods record operations; a tile itself never
/// changes.
public final class Tile implements TileArithmetic, TileComparison, TileMath, TileShape, TileOrder {
  final Made made;

  Tile(Made made) {
    this.made = made;
  }

  /// Where a device value comes from.
  record Made(Tracer trace, Value value, Region region, Origin.Frame frame) {
    Term term() {
      return trace.recording().termOf(value);
    }

    int line() {
      return trace.origin(frame).line();
    }
  }

  /// The element type.
  public DType dtype() {
    return made.value().type().dtype();
  }

  /// Sizes, outermost first.
  public List<Integer> shape() {
    return made.value().type().shape();
  }

  /// This converted: floats to nearest even, floats to integers toward zero; what does not fit
  /// becomes the largest value that does. To BOOL: where this differs from 0.
  public Tile to(DType type) {
    return new Tile(Elementwise.cast(made, type));
  }

  /// This converted with a named rounding, saturating.
  public Tile to(DType type, Rounding rounding) {
    return to(type, rounding, Overflow.SATURATE);
  }

  /// This converted with a named rounding and a named treatment of what does not fit.
  public Tile to(DType type, Rounding rounding, Overflow overflow) {
    return new Tile(Elementwise.cast(made, type, rounding, overflow));
  }

  /// The bits read as another type of the same width.
  public Tile bitcast(DType type) {
    return new Tile(Elementwise.bitcast(made, type));
  }

  /// Zeros of this type and shape.
  public Tile zerosLike() {
    return made.trace().full(dtype(), 0, Shapes.array(shape()));
  }

  /// Truth values as a mask; for tiles of BOOL.
  public Mask asMask() {
    made.trace()
        .require(
            dtype() == DType.BOOL,
            Mistake.WRONG_TYPE,
            "asMask: needs truth values, got %s; compare it, for instance with .ne(0)",
            made.value().type());
    return new Mask(made);
  }

  /// This, promised to be 0 where the mask holds (an underflow that is meant, for instance); a run
  /// that finds otherwise stops.
  public Tile expectZero(Mask mask) {
    made.trace().assume(mask.not().or(eq(0)));
    return this;
  }

  /// This, promised to be a multiple of `n`; a run that finds otherwise stops.
  public Tile assumeMultipleOf(int n) {
    made.trace()
        .require(n >= 1, Mistake.BAD_SIZE, "assumeMultipleOf: needs a positive number, was %d", n);
    made.trace().assume(rem(n).eq(0));
    made.trace().recording().promiseMultiple(made.value(), n);
    return this;
  }

  /// Always refuses: use [#eq] for a comparison on the device.
  @Override
  public boolean equals(@Nullable Object other) {
    throw made.trace()
        .error(
            Mistake.COMPARED_WHILE_TRACING,
            "tiles have no values while tracing; compare them with a.eq(b)");
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /// The type, such as `f32[128x64]`; in a kernel that runs eagerly, the values.
  @Override
  public String toString() {
    return made.trace().recording().driver().text(made.value());
  }
}
