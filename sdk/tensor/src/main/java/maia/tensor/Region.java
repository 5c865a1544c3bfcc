package maia.tensor;

import java.util.List;
import java.util.Optional;

/// A part of a tensor named by how a view of it lies in memory: what the gradient needs where views
/// are written to. The layout counts elements of the dense tensor in row order.
sealed interface Region extends Op {
  /// The elements that the view sees.
  record Take(Layout layout) implements Region {}

  /// The first input with the elements that the view sees replaced by the second.
  record Put(Layout layout) implements Region {}

  /// Zeros of `shape` to which the input is added where the view sees them.
  record Add(Layout layout, List<Long> shape) implements Region {}

  /// How the view lies in its base.
  Layout layout();

  @Override
  default String name() {
    return switch (this) {
      case Take _ -> "view";
      case Put _ -> "write to a view";
      case Add _ -> "add to a view";
    };
  }

  @Override
  default Reads reads() {
    return Reads.NOTHING;
  }

  /// The layout of `view` in a dense copy of its `base`; refused where that is not possible.
  static Layout inside(Tensor base, Tensor view) {
    ShapeException.check(
        base.isContiguous(),
        "view: the gradient of a write to a view needs a dense base, its layout is %s; write to"
            + " base.contiguous()",
        base.layout());
    ShapeException.check(
        !view.layout().mayOverlap(),
        "view: the gradient of a write to a view needs every element once, its layout is %s; write"
            + " to its base",
        view.layout());
    Layout at = view.layout();
    return new Layout(at.shape(), at.strides(), at.offset() - base.offset());
  }

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    return switch (this) {
      case Take(var layout) -> Tensor.meta(x.type(), layout.shape());
      case Put _ -> Tensor.meta(x.type(), x.shape());
      case Add(_, var shape) -> Tensor.meta(x.type(), Shapes.array(shape));
    };
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor x = Host.here(inputs.getFirst());
    return switch (this) {
      case Take(var layout) -> Tensor.on(Device.cpu(), Host.copy(in(x.contiguous(), layout)));
      case Put(var layout) -> {
        Tensor copy = Tensor.on(Device.cpu(), Host.copy(x));
        Create.store(in(copy, layout), Host.here(inputs.get(1)));
        yield copy;
      }
      case Add(var layout, var shape) -> add(x, layout, Shapes.array(shape));
    };
  }

  private static Tensor in(Tensor dense, Layout layout) {
    return dense.viewed(
        new Layout(layout.shape(), layout.strides(), layout.offset() + dense.offset()));
  }

  private static Tensor add(Tensor x, Layout layout, long[] shape) {
    double[] part = Host.doubles(x);
    double[] sum = new double[Math.toIntExact(Layout.contiguous(shape).elements())];
    Host.visit(layout, (at, i) -> sum[(int) at] += part[i]);
    return Narrowed.tensor(sum, x.dtype("view"), shape);
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    return switch (this) {
      case Take(var layout) ->
          List.of(
              Optional.of(
                  Dispatch.run(new Add(layout, Shapes.list(inputs.getFirst().shape())), g)));
      case Put(var layout) ->
          List.of(
              Optional.of(Dispatch.run(this, g, Create.fullLike(inputs.get(1), 0))),
              Optional.of(Dispatch.run(new Take(layout), g)));
      case Add(var layout, _) -> List.of(Optional.of(Dispatch.run(new Take(layout), g)));
    };
  }
}
