package maia.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.numerics.PackedWeights;

/// An index resolved against a tensor, in PyTorch's two steps: positions, ranges and new dimensions
/// make a view; tensors of positions then choose from dimensions of that view.
///
/// @param view the view
/// @param dims its dimensions that tensors index, ascending
/// @param positions the tensors, one per entry of `dims`
record Indexing(Tensor view, List<Integer> dims, List<Tensor> positions) {
  static Indexing of(Tensor x, List<Index> parts) {
    int used = parts.stream().mapToInt(Indexing::consumed).sum();
    long dots = parts.stream().filter(Index.Ellipsis.class::isInstance).count();
    ShapeException.check(
        used <= x.rank() && dots <= 1,
        "index: %d dimensions are named with %d ellipses, the shape is %s; name each dimension at most"
            + " once, with at most one ellipsis",
        used,
        dots,
        Layout.text(x.layout().shape()));
    Resolver resolver = new Resolver(x, x.rank() - used);
    parts.forEach(resolver::accept);
    return new Indexing(resolver.view, resolver.dims, resolver.positions);
  }

  private static int consumed(Index part) {
    return switch (part) {
      case Index.At _, Index.Range _ -> 1;
      case Index.NewAxis _, Index.Ellipsis _ -> 0;
      case Index.Of of -> of.isMask() ? of.positions().rank() : 1;
    };
  }

  /// Reads the parts from left to right.
  private static final class Resolver {
    private final int left;
    private Tensor view;
    private int at;
    private final List<Integer> dims = new ArrayList<>();
    private final List<Tensor> positions = new ArrayList<>();

    Resolver(Tensor x, int left) {
      this.view = x;
      this.left = left;
    }

    void accept(Index part) {
      switch (part) {
        case Index.At(var position) -> view = view.select(at, position);
        case Index.Range range -> {
          View.Slice slice = range.of(at, view.size(at));
          boolean whole = slice.from() == 0 && slice.to() == view.size(at) && slice.step() == 1;
          view = whole ? view : Dispatch.run(slice, view);
          at++;
        }
        case Index.NewAxis _ -> view = view.unsqueeze(at++);
        case Index.Ellipsis _ -> at += left;
        case Index.Of of -> {
          if (of.isMask()) {
            mask(of.positions());
          } else {
            choose(of.positions());
          }
        }
      }
    }

    private void choose(Tensor index) {
      if (!index.dtype("index").isInteger()) {
        throw TensorException.of(
            "index: positions must be integers or a bool mask, got %s; convert with to(I64)",
            index.type().label());
      }
      dims.add(at++);
      positions.add(index);
    }

    private void mask(Tensor mask) {
      long[] covered = Arrays.copyOfRange(view.layout().shape(), at, at + mask.rank());
      ShapeException.check(
          mask.rank() > 0 && Arrays.equals(covered, mask.layout().shape()),
          "index: the mask is %s, it must be %s like the dimensions it covers of %s",
          Layout.text(mask.layout().shape()),
          Layout.text(covered),
          Layout.text(view.layout().shape()));
      mask.nonzero().unbind(1).forEach(this::choose);
    }
  }

  boolean isView() {
    return dims.isEmpty();
  }

  /// The chosen elements.
  Tensor get() {
    if (isView()) {
      return view;
    }
    Tensor taken = Dispatch.run(new Choice.Take(dims.size()), inputs(arranged()));
    return taken.permute(order(positionsRank(), taken.rank()));
  }

  /// The view with the indexed dimensions first.
  Tensor arranged() {
    return view.permute(arrangement());
  }

  private int[] arrangement() {
    IntStream rest = IntStream.range(0, view.rank()).filter(d -> !dims.contains(d));
    return IntStream.concat(dims.stream().mapToInt(d -> d), rest).toArray();
  }

  /// A whole view like this one's, given one with the indexed dimensions first.
  Tensor restored(Tensor arranged) {
    int[] order = arrangement();
    int[] inverse = new int[order.length];
    for (int d = 0; d < order.length; d++) {
      inverse[order[d]] = d;
    }
    return arranged.permute(inverse);
  }

  /// `values`, broadcast to the shape of [#get], with the dimensions of the positions first.
  Tensor valuesFirst(Tensor values) {
    int ranks = positionsRank();
    long[] chosen = Choice.broadcast(positions);
    long[] rest = Arrays.copyOfRange(arranged().layout().shape(), dims.size(), view.rank());
    int[] order = order(ranks, ranks + rest.length);
    long[] joined = Arrays.copyOf(chosen, chosen.length + rest.length);
    System.arraycopy(rest, 0, joined, chosen.length, rest.length);
    long[] shape = Arrays.stream(order).mapToLong(d -> joined[d]).toArray();
    int[] inverse = new int[order.length];
    for (int d = 0; d < order.length; d++) {
      inverse[order[d]] = d;
    }
    return leading(values, shape.length).expand(shape).permute(inverse);
  }

  /// `values` without leading dimensions of size 1 beyond `rank`, as PyTorch takes them.
  private static Tensor leading(Tensor values, int rank) {
    Tensor at = values;
    while (at.rank() > rank && at.size(0) == 1) {
      at = at.squeeze(0);
    }
    return at;
  }

  /// Where the dimensions of the positions go: to the place of the indexed dimensions where those
  /// are neighbours, else first.
  private int[] order(int ranks, int rank) {
    int first = dims.getFirst();
    boolean together = dims.getLast() - first == dims.size() - 1;
    int before = together ? first : 0;
    IntStream left = IntStream.range(ranks, ranks + before);
    IntStream right = IntStream.range(ranks + before, rank);
    return IntStream.concat(IntStream.concat(left, IntStream.range(0, ranks)), right).toArray();
  }

  private int positionsRank() {
    return Choice.broadcast(positions).length;
  }

  /// The operands of [Choice]: `first`, then the positions on its device.
  Tensor[] inputs(Tensor... first) {
    Device device = view.device();
    Stream<Tensor> here = positions.stream().map(p -> p.isMeta() ? p : p.to(device));
    return Stream.concat(Arrays.stream(first), here).toArray(Tensor[]::new);
  }

  /// Writes `values` through the index, or adds them.
  void write(Tensor values, Choice.Write how, String name) {
    DType type = view.dtype(name);
    Tensor fit = isView() ? leading(values, view.rank()).to(type) : values.to(type);
    if (isView()) {
      boolean add = how == Choice.Write.ADD;
      view.assign(add ? view.add(fit) : fit);
      return;
    }
    Tensor target = arranged();
    boolean recorded = view.requiresGrad() || values.requiresGrad();
    if (how == Choice.Write.SET && !recorded && view.device().equals(Device.cpu())) {
      Tensor spread = valuesFirst(fit);
      ChoiceHost.store(target, spread, dims.size(), positions);
      PackedWeights.written(target.segment());
      view.slot.written(name);
      return;
    }
    Tensor[] operands = inputs(recorded ? target.clone() : target, valuesFirst(fit));
    target.assign(Dispatch.run(new Choice.Put(dims.size(), how), operands));
  }
}
