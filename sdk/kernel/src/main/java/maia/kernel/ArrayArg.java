package maia.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.kernel.Accesses.Places;
import maia.kernel.Tracer.Use;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op.AtomicOp;
import maia.numerics.DType;

/// An array parameter.
public final class ArrayArg {
  private final Tracer trace;
  private final Use use;
  private final DType dtype;

  ArrayArg(Tracer trace, Use use, DType dtype) {
    this.trace = trace;
    this.use = use;
    this.dtype = dtype;
  }

  Tracer trace() {
    return trace;
  }

  Use use() {
    return use;
  }

  /// The name it was declared with.
  public String name() {
    return use.name();
  }

  /// The element type.
  public DType dtype() {
    return dtype;
  }

  /// The size of dimension `dim`.
  public Tile size(int dim) {
    return new Tile(trace.size(use.name(), dim, use.rank()));
  }

  /// The places at `indices`, one index per dimension; indices stretch to a joint shape.
  public Ptr at(Tile... indices) {
    Accesses.checkIndices(trace, use, indices.length);
    return Ptr.of(trace, use, dtype, Arrays.stream(indices).map(i -> i.made).toList());
  }

  /// The elements of this vector seen as an array of other sizes, in row-major order until strides
  /// and an offset say otherwise.
  public Descriptor descriptor(Tile... sizes) {
    trace.require(
        use.rank() == 1,
        Mistake.WRONG_WINDOW,
        "descriptor: '%s' has rank %d; declare it as a vector, its sizes are the descriptor's",
        use.name(),
        use.rank());
    trace.require(
        sizes.length >= 1 && sizes.length <= 5,
        Mistake.WRONG_INDEX_COUNT,
        "descriptor: needs one to five sizes, got %d",
        sizes.length);
    return Descriptor.rowMajor(this, List.of(sizes));
  }

  /// A window of `sizes` along the last dimensions.
  public Window block(int... sizes) {
    Accesses.checkBlock(trace, use, sizes);
    return new Window(this, sizes);
  }

  /// A window of fixed size that can be put anywhere in an array.
  public static final class Window {
    private final ArrayArg array;
    private final int[] sizes;
    private final Tile[] ends;

    Window(ArrayArg array, int[] sizes, Tile... ends) {
      this.array = array;
      this.sizes = sizes.clone();
      this.ends = ends.clone();
    }

    /// This window without what lies at or beyond `ends`, one per dimension of the window.
    public Window until(Tile... ends) {
      Accesses.checkEnds(array.trace, array.use, sizes, ends);
      return new Window(array, sizes, ends);
    }

    /// The window whose first element is at `starts`, one per dimension of the array. Starts are
    /// not negative.
    public Placed at(Tile... starts) {
      Accesses.checkIndices(array.trace, array.use, starts.length);
      return new Placed(array, BlockWindow.of(array.trace, array.use, sizes, starts, ends));
    }

    /// The rows `rows` (a vector of integers) of a matrix, from column `column` on, as many columns
    /// as the window has; the window is one row high.
    public Placed gather(Tile rows, Tile column) {
      array.trace.require(
          array.use.rank() == 2 && sizes.length == 2 && sizes[0] == 1,
          Mistake.WRONG_WINDOW,
          "gather: needs a window of one row, block(1, n), of a matrix; '%s' has rank %d and the"
              + " window is %s",
          array.name(),
          array.use.rank(),
          Arrays.toString(sizes));
      return new Placed(array, BlockWindow.rows(array.trace, array.use, sizes[1], rows, column));
    }
  }

  /// A window put somewhere; what lies outside the array reads as zero and is not written.
  public static final class Placed {
    private final Places places;

    Placed(Places places) {
      this.places = places;
    }

    Placed(ArrayArg array, BlockWindow window) {
      this(new Places(array.trace, array.use, array.dtype, window.indices(), window.mask()));
    }

    /// What the window holds.
    public Tile load() {
      return new Tile(Accesses.load(places, 0));
    }

    /// Writes `value`, which has the window's sizes.
    public void store(Tile value) {
      Accesses.store(places, value.made);
    }

    /// Adds `value`, which has the window's sizes, in one step per element; gives what was there.
    public Tile atomicAdd(Tile value) {
      return new Tile(Accesses.atomic(AtomicOp.ADD, places, Optional.empty(), value.made));
    }
  }
}
