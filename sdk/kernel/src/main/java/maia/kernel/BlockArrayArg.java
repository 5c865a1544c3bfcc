package maia.kernel;

import maia.kernel.Tracer.Use;
import maia.kernel.ir.Func;
import maia.numerics.BlockFormat;

/// A block-format array parameter: elements that share scales along the last dimension.
public final class BlockArrayArg {
  private final Tracer trace;
  private final Use use;
  private final BlockFormat format;

  BlockArrayArg(Tracer trace, Use use, BlockFormat format) {
    this.trace = trace;
    this.use = use;
    this.format = format;
  }

  /// The name it was declared with.
  public String name() {
    return use.name();
  }

  /// The block format.
  public BlockFormat format() {
    return format;
  }

  /// The size of dimension `dim`, in elements.
  public Tile size(int dim) {
    return new Tile(trace.size(use.name(), dim, use.rank()));
  }

  /// A window of `sizes` elements along the last dimensions; the last size is a multiple of the
  /// block.
  public Window block(int... sizes) {
    trace.checkBlock(use, sizes);
    trace.require(
        sizes[sizes.length - 1] % format.block() == 0,
        "block: '%s' is %s, so the last size must be a multiple of %d, was %d",
        use.name(),
        format.label(),
        format.block(),
        sizes[sizes.length - 1]);
    return new Window(this, sizes);
  }

  /// A window of fixed size that can be put anywhere in the array, along whole blocks.
  public static final class Window {
    private final BlockArrayArg array;
    private final int[] sizes;
    private final Tile[] ends;

    Window(BlockArrayArg array, int[] sizes, Tile... ends) {
      this.array = array;
      this.sizes = sizes.clone();
      this.ends = ends.clone();
    }

    /// This window without what lies at or beyond `ends`, one per dimension of the window; the last
    /// one is taken to the end of its block.
    public Window until(Tile... ends) {
      array.trace.checkEnds(array.use, sizes, ends);
      return new Window(array, sizes, ends);
    }

    /// The window whose first element is at `starts`, one per dimension; the last start is a
    /// multiple of the block.
    public Placed at(Tile... starts) {
      array.trace.checkIndices(array.use, starts.length);
      array.trace.checkMultiple(array.use, starts[starts.length - 1].made, array.format.block());
      return new Placed(array, sizes, starts, ends);
    }
  }

  /// A window put somewhere; what lies outside the array reads as zero and is not written.
  public static final class Placed {
    private final BlockArrayArg array;
    private final int[] sizes;
    private final Tile[] starts;
    private final Tile[] ends;

    Placed(BlockArrayArg array, int[] sizes, Tile[] starts, Tile[] ends) {
      this.array = array;
      this.sizes = sizes;
      this.starts = starts.clone();
      this.ends = ends;
    }

    /// What the window holds.
    public MxTile load() {
      Tracer trace = array.trace;
      BlockFormat format = array.format;
      BlockWindow e = BlockWindow.of(trace, array.use, sizes, starts, ends);
      BlockWindow s = scaleWindow();
      return new MxTile(
          new Tile(trace.load(array.name(), format.element(), array.use, e.indices(), e.mask(), 0)),
          new Tile(
              trace.load(scaleUse().name(), format.scale(), scaleUse(), s.indices(), s.mask(), 1)),
          format,
          false);
    }

    /// Writes `value`, which has the window's sizes and the array's format.
    public void store(MxTile value) {
      Tracer trace = array.trace;
      trace.require(
          value.format().equals(array.format) && !value.isTransposed(),
          "store: '%s' is %s along its last dimension, the value is %s%s; quantise it to %s",
          array.name(),
          array.format.label(),
          value.format().label(),
          value.isTransposed() ? " transposed" : "",
          array.format.label());
      BlockWindow e = BlockWindow.of(trace, array.use, sizes, starts, ends);
      BlockWindow s = scaleWindow();
      trace.store(
          array.name(),
          array.format.element(),
          array.use,
          e.indices(),
          value.elements().made,
          e.mask());
      trace.store(
          scaleUse().name(),
          array.format.scale(),
          scaleUse(),
          s.indices(),
          value.scales().made,
          s.mask());
    }

    private Use scaleUse() {
      Use use = array.use;
      return new Use(Func.scales(use.name()), use.access(), use.rank());
    }

    private BlockWindow scaleWindow() {
      int last = sizes.length - 1;
      int[] scaleSizes = sizes.clone();
      scaleSizes[last] /= array.format.block();
      Tile[] scaleStarts = starts.clone();
      int end = starts.length - 1;
      scaleStarts[end] = starts[end].div(array.format.block());
      Tile[] scaleEnds = ends.clone();
      if (ends.length > 0) {
        scaleEnds[last] = ends[last].cdiv(array.format.block());
      }
      return BlockWindow.of(array.trace, scaleUse(), scaleSizes, scaleStarts, scaleEnds);
    }
  }
}
