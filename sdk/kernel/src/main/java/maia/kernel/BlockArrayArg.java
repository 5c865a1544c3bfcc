package maia.kernel;

import maia.kernel.Accesses.Places;
import maia.kernel.Tracer.Use;
import maia.kernel.ir.Func;
import maia.kernel.ir.Mistake;
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

  /// The scale of the whole array (F32): 1 unless the format has one. Products of blocks leave it
  /// out; multiply their sum by it.
  public Tile tensorScale() {
    return trace.tensorScale(use.name(), format);
  }

  /// A window of `sizes` elements along the last dimensions; the last size is a multiple of the
  /// block.
  public Window block(int... sizes) {
    Accesses.checkBlock(trace, use, sizes);
    trace.require(
        sizes[sizes.length - 1] % format.block() == 0,
        Mistake.NOT_WHOLE_BLOCKS,
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
      Accesses.checkEnds(array.trace, array.use, sizes, ends);
      return new Window(array, sizes, ends);
    }

    /// The window whose first element is at `starts`, one per dimension; the last start is a
    /// multiple of the block.
    public Placed at(Tile... starts) {
      Accesses.checkIndices(array.trace, array.use, starts.length);
      Accesses.checkMultiple(
          array.trace, array.use, starts[starts.length - 1].made, array.format.block());
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
      Tile elements = new Tile(Accesses.load(elements(), 0));
      Tile scales = new Tile(Accesses.load(scales(), 1));
      array.trace.recording().mayStayUnused(scales);
      return MxTile.of(elements, scales, array.format);
    }

    /// Writes `value`, which has the window's sizes and the array's format.
    public void store(MxTile value) {
      array.trace.require(
          value.label().equals(array.format.label()) && !value.isTransposed(),
          Mistake.WRONG_VALUE_TYPE,
          "store: '%s' is %s along its last dimension, the value is %s%s; quantise it to %s",
          array.name(),
          array.format.label(),
          value.label(),
          value.isTransposed() ? " transposed" : "",
          array.format.label());
      Places elements = elements();
      Places scales = scales();
      Accesses.store(elements, value.elements().made);
      Accesses.store(scales, value.scales().made);
    }

    private Places elements() {
      BlockWindow window = BlockWindow.of(array.trace, array.use, sizes, starts, ends);
      return new Places(
          array.trace, array.use, array.format.element(), window.indices(), window.mask());
    }

    private Places scales() {
      BlockWindow window = scaleWindow();
      return new Places(
          array.trace, scaleUse(), array.format.scale(), window.indices(), window.mask());
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
