package maia.runtime;

import static maia.numerics.DType.F32;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maia.graph.Node;
import maia.graph.Value;
import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;
import maia.tensor.Activation;
import maia.tensor.Binary;
import maia.tensor.Comparison;
import maia.tensor.Conversion;
import maia.tensor.Normalize;
import maia.tensor.Op;
import maia.tensor.Reduction;
import maia.tensor.Selection;
import maia.tensor.SoftmaxOp;
import maia.tensor.Unary;

/// The operations of a fused step on tiles. Every value is F32 and was rounded to its type where it
/// came into being, so that the bits are those of the operations one by one; sums of rows run in
/// the fixed order of reductions.
final class FusedBody {
  private final KernelContext k;
  private final Rows places;
  private final int count;
  private final Map<Integer, Tile> values = new HashMap<>();

  /// @param count elements of a row, of steps on rows
  FusedBody(KernelContext k, Rows places, int count) {
    this.k = k;
    this.places = places;
    this.count = count;
  }

  /// The operations of steps that work on elements only.
  static FusedBody ofElements(KernelContext k) {
    return new FusedBody(k, new NoRows(), 0);
  }

  /// What operations on rows ask of the block they work on.
  interface Rows {
    /// `value` stretched to the whole block.
    Tile whole(Tile value);

    /// Which columns exist, as a row.
    Mask inRow();
  }

  private static final class NoRows implements Rows {
    @Override
    public Tile whole(Tile value) {
      throw new IllegalStateException("bug in FusedBody: an operation on rows without rows");
    }

    @Override
    public Mask inRow() {
      throw new IllegalStateException("bug in FusedBody: a row without rows");
    }
  }

  void put(Value value, Tile tile) {
    values.put(value.id(), tile);
  }

  Tile get(Value value) {
    Tile tile = values.get(value.id());
    if (tile == null) {
      throw new IllegalStateException("bug in FusedBody: " + value + " is not there yet");
    }
    return tile;
  }

  void run(Node node) {
    List<Tile> x = node.inputs().stream().map(this::get).toList();
    Tile result = result(node.op(), x);
    put(node.output(), node.output().type() instanceof DType type ? rounded(result, type) : result);
  }

  /// What the type of a value keeps of it.
  private static Tile rounded(Tile tile, DType type) {
    return type == F32 || type == DType.BOOL ? tile : tile.to(type).to(F32);
  }

  private Tile result(Op op, List<Tile> x) {
    Tile first = x.getFirst();
    return switch (op) {
      case Unary unary -> TileMath.of(k, unary, first);
      case Activation activation -> TileMath.of(k, activation, first);
      case Binary binary -> TileMath.of(binary, first, x.get(1));
      case Comparison comparison -> TileMath.of(comparison, first, x.get(1)).asTile();
      case Selection.Where _ -> chosen(x);
      case Conversion.Contiguous _ -> first;
      case Conversion.Quantize _ -> filled(places.whole(first), 0); // stored as blocks
      case Conversion.Cast(var type, _, _) -> cast(type, first);
      case Reduction reduction -> reduced(reduction, places.whole(first));
      case SoftmaxOp softmax -> softmax(softmax, places.whole(first));
      case Normalize normalize -> normalized(normalize, places.whole(first), x);
      default ->
          throw new IllegalStateException("bug in FusedBody: '" + op.name() + "' does not fuse");
    };
  }

  private static Tile chosen(List<Tile> x) {
    Mask where = x.getFirst().asMask();
    return where.where(x.get(1), x.get(2));
  }

  private static Tile cast(DType type, Tile x) {
    if (x.dtype() == DType.BOOL) {
      return type == DType.BOOL ? x : x.asMask().to(F32);
    }
    return type == DType.BOOL ? x.ne(0).asTile() : x;
  }

  /// `x` with `other` in columns that do not exist.
  private Tile filled(Tile x, double other) {
    return count == x.shape().getLast() ? x : places.inRow().where(x, other);
  }

  private Tile sum(Tile x) {
    return filled(x, 0).sum(1);
  }

  private Tile reduced(Reduction reduction, Tile x) {
    Tile result =
        switch (reduction) {
          case Reduction.Sum _ -> sum(x);
          case Reduction.Mean _ -> sum(x).div(count);
          case Reduction.Amax _ -> filled(x, Float.NaN).amax(1);
          case Reduction.Amin _ -> filled(x, Float.NaN).amin(1);
          case Reduction.ArgMax _ ->
              throw new IllegalStateException("bug in FusedBody: argMax does not fuse");
        };
    return result.col();
  }

  private Tile softmax(SoftmaxOp softmax, Tile x) {
    Tile shown = filled(x, Double.NEGATIVE_INFINITY);
    Tile less = shown.sub(shown.amax(1).col());
    Tile e = less.exp();
    Tile sum = e.sum(1).col();
    return switch (softmax) {
      case SoftmaxOp.Probability _ -> e.div(sum);
      case SoftmaxOp.LogProbability _ -> less.sub(sum.log());
    };
  }

  private Tile normalized(Normalize op, Tile x, List<Tile> inputs) {
    Tile centred =
        switch (op) {
          case Normalize.LayerNorm _ -> x.sub(sum(x).div(count).col());
          case Normalize.RmsNorm _ -> x;
        };
    Tile scale = sum(centred.mul(centred)).div(count).add(op.epsilon()).rsqrt().col();
    Tile y = centred.mul(scale);
    y = inputs.size() > 1 ? y.mul(inputs.get(1)) : y;
    return inputs.size() > 2 ? y.add(inputs.get(2)) : y;
  }
}
