package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Type;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// Records matrix products and conversions to block formats.
final class Products {
  private Products() {}

  static Made dot(Made a, Made b, Made acc, Precision precision) {
    check("dot", a, b, acc);
    checkTypes(a, b);
    Tracer trace = acc.trace();
    boolean exact = a.value().type().dtype() != DType.F32;
    trace.require(
        !exact || precision == Precision.EXACT,
        Mistake.WRONG_PRODUCT,
        "dot: precision %s is for F32 operands; products of %s are exact anyway",
        precision,
        a.value().type().dtype().label());
    return switch (precision) {
      case EXACT -> record("dot", a, b, Optional.empty(), acc);
      case BF16 -> record("dot", bf16(a), bf16(b), Optional.empty(), acc);
      case BF16X3 -> {
        Made aHigh = bf16(a);
        Made bHigh = bf16(b);
        Made aLow = bf16(rest(a, aHigh));
        Made bLow = bf16(rest(b, bHigh));
        Made first = record("dot", aLow, bHigh, Optional.empty(), acc);
        Made second = record("dot", aHigh, bLow, Optional.empty(), first);
        yield record("dot", aHigh, bHigh, Optional.empty(), second);
      }
    };
  }

  private static Made bf16(Made x) {
    return Elementwise.cast(x, DType.BF16);
  }

  private static Made rest(Made x, Made high) {
    return new Tile(x).sub(new Tile(high).to(DType.F32)).made;
  }

  private static void checkTypes(Made a, Made b) {
    DType x = a.value().type().dtype();
    DType y = b.value().type().dtype();
    boolean narrow = x.isFloat() && y.isFloat() && x.bits() <= 16 && y.bits() <= 16;
    boolean bytes = x.isInteger() && y.isInteger() && x.bits() == 8 && y.bits() == 8;
    Operands.checkSame(a.trace(), "dot", a, narrow || bytes ? a : b);
    a.trace()
        .require(
            x.isFloat() || bytes,
            Mistake.WRONG_PRODUCT,
            "dot: multiplies floats and 8-bit integers, got %s; convert it with .to(F32)",
            a.value().type());
  }

  private static void check(String what, Made a, Made b, Made acc) {
    Tracer trace = acc.trace();
    int rank = a.value().type().rank();
    for (Made made : List.of(a, b, acc)) {
      trace.require(
          made.value().type().rank() == rank && (rank == 2 || rank == 3),
          Mistake.WRONG_PRODUCT,
          "%s: operands must have two dimensions, or three with the same batch, got %s made at"
              + " line %d",
          what,
          made.value().type(),
          made.line());
    }
    List<Integer> m = a.value().type().shape();
    List<Integer> n = b.value().type().shape();
    if (rank == 3 && !m.get(0).equals(n.get(0))) {
      throw trace.mismatch(
          Mistake.INNER_DIMENSIONS_DIFFER,
          "%s: batches differ: a is %s made at line %d, b is %s made at line %d; stretch one with .broadcastTo(...)"
              .formatted(what, a.value().type(), a.line(), b.value().type(), b.line()),
          a,
          b);
    }
    if (!m.get(rank - 1).equals(n.get(rank - 2))) {
      throw trace.mismatch(
          Mistake.INNER_DIMENSIONS_DIFFER,
          "%s: inner dimensions differ: a is %s made at line %d, b is %s made at line %d; try: load b transposed"
              .formatted(what, a.value().type(), a.line(), b.value().type(), b.line()),
          a,
          b);
    }
    List<Integer> shape = new ArrayList<>(m);
    shape.set(rank - 1, n.get(rank - 1));
    Type expected = new Type(a.value().type().dtype().isInteger() ? DType.I32 : DType.F32, shape);
    if (!acc.value().type().equals(expected)) {
      throw trace.mismatch(
          Mistake.WRONG_ACCUMULATOR,
          "%s: the accumulator must be %s, got %s made at line %d"
              .formatted(what, expected, acc.value().type(), acc.line()),
          a,
          acc);
    }
  }

  private static Made record(String verb, Made a, Made b, Optional<Op.Scales> scales, Made acc) {
    Tracer trace = acc.trace();
    trace.use(a);
    trace.use(b);
    trace.use(acc);
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(acc.value().type(), frame);
    trace
        .recording()
        .add(
            new Op.Dot(
                made.value(),
                a.term(),
                b.term(),
                scales,
                acc.term(),
                Optional.empty(),
                trace.origin(frame)));
    return trace.recording().result(verb, made);
  }

  static Made dotScaled(MxTile a, MxTile b, Made acc) {
    Tracer trace = acc.trace();
    for (MxTile operand : List.of(a, b)) {
      trace.require(
          operand.elements().dtype() != DType.I8,
          Mistake.FORMAT_NOT_BUILT,
          "dotScaled: the tensor unit multiplies blocks of floats, got %s; multiply its elements times its scales in F32",
          operand.label());
    }
    check("dotScaled", a.elements().made, b.elements().made, acc);
    trace.require(
        a.block() == b.block(),
        Mistake.BLOCKS_DIFFER,
        "dotScaled: blocks differ: a is %s (%d), b is %s (%d)",
        a.label(),
        a.block(),
        b.label(),
        b.block());
    trace.require(
        !a.isTransposed() && b.isTransposed(),
        Mistake.BLOCKS_DIFFER,
        "dotScaled: blocks must run along k: a is %s, b is %s; load a as [M,K] and b as [N,K] and"
            + " pass b.t()",
        a.isTransposed() ? "transposed" : "as loaded",
        b.isTransposed() ? "transposed" : "as loaded");
    trace.use(a.scales().made);
    trace.use(b.scales().made);
    Op.Scales scales = new Op.Scales(a.scales().made.term(), b.scales().made.term(), a.block());
    return record("dotScaled", a.elements().made, b.elements().made, Optional.of(scales), acc);
  }

  /// An FP8 tile seen as blocks like those of `like`, whose scales are all 1.
  static MxTile unscaled(Tile tile, MxTile like, boolean transposed) {
    Tracer trace = tile.made.trace();
    Type type = tile.made.value().type();
    trace.require(
        type.rank() == 2 && type.dtype().isFloat() && type.dtype().bits() <= 8,
        Mistake.BLOCKS_DIFFER,
        "dotScaled: an operand without scales must be an FP8, FP6 or FP4 tile of two dimensions,"
            + " got %s",
        type);
    int along = transposed ? 0 : 1;
    trace.require(
        type.shape().get(along) % like.block() == 0,
        Mistake.BLOCKS_DIFFER,
        "dotScaled: k must be a multiple of the block of %d, was %d",
        like.block(),
        type.shape().get(along));
    Type scales = type.sized(along, type.shape().get(along) / like.block());
    Tile ones = trace.full(like.scales().dtype(), 1, Shapes.array(scales.shape()));
    return new MxTile(tile, ones, like.block(), type.dtype().label(), transposed);
  }

  static MxTile quantize(Made tile, BlockFormat format, ScaleRule rule) {
    Tracer trace = tile.trace();
    List<Integer> shape = checkQuantize(trace, tile, format);
    trace.use(tile);
    Origin.Frame frame = trace.here();
    Type type = tile.value().type();
    Made elements = trace.recording().define(type.as(format.element()), frame);
    Made scales = trace.recording().define(new Type(format.scale(), shape), frame);
    trace
        .recording()
        .add(
            new Op.Quantize(
                elements.value(), scales.value(), tile.term(), format, rule, trace.origin(frame)));
    trace.recording().result("quantize", elements);
    return MxTile.of(new Tile(elements), new Tile(scales), format);
  }

  /// The shape of the scales.
  private static List<Integer> checkQuantize(Tracer trace, Made x, BlockFormat format) {
    Type type = x.value().type();
    trace.require(
        format.element() != DType.I8,
        Mistake.FORMAT_NOT_BUILT,
        "quantize: no instruction makes %s; make its elements and scales and join them with MxTile.of, as library.Quantise does",
        format.label());
    trace.require(
        type.dtype() == DType.F32 && type.rank() == 2,
        Mistake.WRONG_TYPE,
        "quantize: needs an F32 tile of two dimensions, got %s",
        type);
    int columns = type.shape().get(1);
    trace.require(
        columns % format.block() == 0,
        Mistake.NOT_WHOLE_BLOCKS,
        "quantize: the last size must be a multiple of %d for %s, was %d",
        format.block(),
        format.label(),
        columns);
    return List.of(type.shape().get(0), columns / format.block());
  }
}
