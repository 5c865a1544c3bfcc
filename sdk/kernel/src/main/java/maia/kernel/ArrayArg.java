package maia.kernel;

import java.util.Arrays;
import maia.kernel.Tracer.Use;
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
    trace.checkIndices(use, indices.length);
    return new Ptr(this, Arrays.stream(indices).map(i -> i.made).toList());
  }

  /// A window of `sizes` along the last dimensions.
  public Window block(int... sizes) {
    trace.checkBlock(use, sizes);
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
      array.trace.checkEnds(array.use, sizes, ends);
      return new Window(array, sizes, ends);
    }

    /// The window whose first element is at `starts`, one per dimension of the array.
    public Placed at(Tile... starts) {
      array.trace.checkIndices(array.use, starts.length);
      return new Placed(array, sizes, starts, ends);
    }
  }

  /// A window put somewhere; what lies outside the array reads as zero and is not written.
  public static final class Placed {
    private final ArrayArg array;
    private final BlockWindow window;

    Placed(ArrayArg array, int[] sizes, Tile[] starts, Tile[] ends) {
      this.array = array;
      this.window = BlockWindow.of(array.trace, array.use, sizes, starts, ends);
    }

    /// What the window holds.
    public Tile load() {
      return new Tile(
          array.trace.load(
              array.name(), array.dtype, array.use, window.indices(), window.mask(), 0));
    }

    /// Writes `value`, which has the window's sizes.
    public void store(Tile value) {
      array.trace.store(
          array.name(), array.dtype, array.use, window.indices(), value.made, window.mask());
    }
  }
}
