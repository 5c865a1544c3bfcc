package maia.runtime.ops;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.Tile;
import maia.kernel.library.Indexed;
import maia.numerics.DType;
import maia.tensor.Selection;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Elements chosen or arranged, none changed.
final class SelectionSteps {
  private SelectionSteps() {}

  static void enter(Table table) {
    table
        .family("selections")
        .add(Selection.Where.class, Types.SCALARS, Rule.bits(), SelectionSteps::where)
        .add(Selection.Cat.class, Types.SCALARS, Rule.bits(), SelectionSteps::cat)
        .add(Selection.Rows.class, Types.SCALARS, Rule.bits(), SelectionSteps::rows)
        .add(Selection.OneHot.class, Types.WHOLE, Rule.bits(), SelectionSteps::oneHot);
  }

  private static Tensor where(Runner on, Selection.Where op, List<Tensor> inputs, Tensor like) {
    DType wide = like.dtype().isFloat() ? DType.F32 : DType.I64;
    return on.pointwise(
        "where",
        inputs,
        like,
        x ->
            Values.chosen(
                x.get(0).asMask().where(Values.wide(x.get(1), wide), Values.wide(x.get(2), wide)),
                like.dtype()));
  }

  private static Tensor cat(Runner on, Selection.Cat cat, List<Tensor> inputs, Tensor like) {
    Tensor out = on.result(Runner.isTimingOnly(inputs), like.type(), like.shape());
    long at = 0;
    for (Tensor x : inputs) {
      long size = x.size(cat.dim());
      if (x.elements() > 0) {
        on.copy(x, new View.Slice(cat.dim(), at, at + size, 1).apply(out));
      }
      at += size;
    }
    return out;
  }

  private static Tensor rows(Runner on, Selection.Rows op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.get(0);
    long width = like.elements() / like.size(0);
    Tensor table = on.reshape(x, x.size(0), width);
    Tensor out = on.result(Runner.isTimingOnly(inputs), like.type(), like.size(0), width);
    on.launch(
        Indexed.over(Indexed.GATHER.with("TYPE", x.dtype()), like.size(0), width, on.machine()),
        out.isMeta(),
        table,
        on.cast(inputs.get(1), DType.I64),
        out);
    return on.reshape(out, like.shape());
  }

  /// Places along a new last dimension are compared with the index.
  private static Tensor oneHot(Runner on, Selection.OneHot op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    List<Tensor> operands = new ArrayList<>();
    operands.add(new View.Unsqueeze(x.rank()).apply(x));
    operands.add(on.here(Tensor.arange(op.classes())));
    return on.pointwise(
        "one_hot",
        operands,
        like,
        t -> {
          Tile index = Values.wide(t.get(0), DType.I64);
          return index.eq(t.get(1)).asTile();
        });
  }
}
