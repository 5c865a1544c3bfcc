package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// Operations that choose or arrange elements without changing them.
public sealed interface Selection extends Op {
  /// For each element: where the condition holds a, else b; all three broadcast.
  record Where() implements Selection {}

  /// Tensors joined along dimension `dim`.
  record Cat(int dim) implements Selection {}

  /// Rows (indices of the first dimension) of a tensor, chosen by an I64 vector.
  ///
  /// @param embedding whether the caller asked for vectors of an embedding, as messages then say
  record Rows(boolean embedding) implements Selection {
    private String asked() {
      return embedding ? "embedding" : "rows";
    }
  }

  /// A truth value per class: true at the index that an integer tensor holds.
  record OneHot(int classes) implements Selection {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    return switch (this) {
      case Where _ -> {
        Tensor a = inputs.get(1);
        Tensor b = inputs.get(2);
        Tensor values = Tensor.meta(Shapes.promote("where", a, b), Shapes.broadcast("where", a, b));
        if (x.dtype("where") != DType.BOOL) {
          throw TensorException.of(
              "where: the condition must be bool, got %s; compare it first, as in x.gt(0)",
              x.type().label());
        }
        yield Tensor.meta(values.dtype(), Shapes.broadcast("where", x, values));
      }
      case Cat(var dim) -> Tensor.meta(x.dtype("cat"), joined(inputs, dim));
      case Rows _ -> {
        Tensor index = inputs.get(1);
        ShapeException.check(
            index.rank() == 1 && x.rank() > 0 && index.dtype().isInteger(),
            "rows: needs an integer vector of indices, got %s %s",
            index.type().label(),
            Layout.text(index.shape()));
        long[] shape = x.shape();
        shape[0] = index.size(0);
        yield Tensor.meta(x.dtype("rows"), shape);
      }
      case OneHot(var classes) -> {
        if (!x.dtype("oneHot").isInteger()) {
          throw TensorException.of(
              "oneHot: needs integer classes, got %s; convert with to(I64)", x.type().label());
        }
        yield Tensor.meta(DType.BOOL, Layout.insert(x.shape(), x.rank(), classes));
      }
    };
  }

  /// Tensors joined along `dim`.
  static Tensor cat(List<Tensor> tensors, int dim) {
    ShapeException.check(!tensors.isEmpty(), "cat: needs at least one tensor, got none");
    List<Tensor> some = tensors.stream().filter(t -> t.rank() != 1 || t.size(0) > 0).toList();
    boolean isMixed = some.stream().anyMatch(t -> t.rank() != 1);
    List<Tensor> all = isMixed ? some : tensors;
    int d = all.getFirst().layout().dim("cat", dim);
    boolean isOneType = tensors.stream().map(Tensor::type).distinct().count() == 1;
    if (!isOneType) {
      DType type = Promotion.of("cat", tensors.toArray(Tensor[]::new));
      all = all.stream().map(t -> t.to(type)).toList();
    }
    return Dispatch.run(new Cat(d), all.toArray(Tensor[]::new));
  }

  private static long[] joined(List<Tensor> inputs, int dim) {
    Tensor first = inputs.getFirst();
    long[] shape = first.shape();
    for (Tensor next : inputs.subList(1, inputs.size())) {
      boolean fits = next.rank() == first.rank() && next.type().equals(first.type());
      for (int d = 0; fits && d < shape.length; d++) {
        fits = d == dim || next.size(d) == first.size(d);
      }
      ShapeException.check(
          fits,
          "cat: inputs differ outside dimension %d: %s %s and %s %s",
          dim,
          first.type().label(),
          Layout.text(first.shape()),
          next.type().label(),
          Layout.text(next.shape()));
      shape[dim] += next.size(dim);
    }
    return shape;
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    return switch (this) {
      case Where _ -> where(inputs, like);
      case Cat(var dim) -> cat(inputs, dim, like);
      case Rows rows -> rows(rows, inputs.get(0), Host.longs(inputs.get(1)), like);
      case OneHot(var classes) -> oneHot(Host.longs(inputs.getFirst()), classes, like);
    };
  }

  private static Tensor where(List<Tensor> inputs, Tensor like) {
    boolean[] chosen = Host.booleans(inputs.get(0).expand(like.shape()));
    Tensor a = inputs.get(1).expand(like.shape());
    Tensor b = inputs.get(2).expand(like.shape());
    if (Host.Kind.of(like.dtype()) == Host.Kind.FLOAT) {
      float[] values = Host.floats(a);
      float[] other = Host.floats(b);
      for (int i = 0; i < values.length; i++) {
        values[i] = chosen[i] ? values[i] : other[i];
      }
      return Host.chosen(values, like.dtype(), like.shape());
    }
    if (Host.Kind.of(like.dtype()) == Host.Kind.LONG) {
      long[] values = Host.longs(a);
      long[] other = Host.longs(b);
      for (int i = 0; i < values.length; i++) {
        values[i] = chosen[i] ? values[i] : other[i];
      }
      return Host.tensor(values, like.dtype(), like.shape());
    }
    double[] values = Host.doubles(a);
    double[] other = Host.doubles(b);
    for (int i = 0; i < values.length; i++) {
      values[i] = chosen[i] ? values[i] : other[i];
    }
    return Host.tensor(values, like.dtype(), like.shape());
  }

  private static Tensor cat(List<Tensor> inputs, int dim, Tensor like) {
    Tensor result = Tensor.on(Device.cpu(), HostArray.unset(like.dtype(), like.shape()));
    long at = 0;
    for (Tensor input : inputs) {
      result.narrow(dim, at, input.size(dim)).assign(Host.here(input));
      at += input.size(dim);
    }
    return result;
  }

  private static Tensor rows(Rows op, Tensor x, long[] indices, Tensor like) {
    Tensor dense = x.isContiguous() ? x : Tensor.on(Device.cpu(), Host.copy(x));
    long width = x.size(0) == 0 ? 0 : x.elements() / x.size(0);
    int bits = x.dtype().bits();
    Tensor result = Tensor.zeros(like.dtype(), like.shape());
    if (width * bits % 8 != 0 || dense.offset() * bits % 8 != 0) {
      throw TensorException.of(
          "%s: rows of %d elements of %s do not fill whole bytes; convert with to(F32)",
          op.asked(), width, x.type().label());
    }
    long bytes = width * bits / 8;
    for (int i = 0; i < indices.length; i++) {
      ShapeException.check(
          indices[i] >= 0 && indices[i] < x.size(0),
          "%s: index %d does not exist in %d %s",
          op.asked(),
          indices[i],
          x.size(0),
          op.embedding() ? "vectors" : "rows");
      MemorySegment.copy(
          dense.segment(),
          dense.offset() * bits / 8 + indices[i] * bytes,
          result.segment(),
          i * bytes,
          bytes);
    }
    return result;
  }

  private static Tensor oneHot(long[] index, int classes, Tensor like) {
    boolean[] values = new boolean[Math.multiplyExact(index.length, classes)];
    for (int i = 0; i < index.length; i++) {
      ShapeException.check(
          index[i] >= 0 && index[i] < classes,
          "oneHot: class %d does not exist, there are %d",
          index[i],
          classes);
      values[i * classes + (int) index[i]] = true;
    }
    return Host.tensor(values, like.shape());
  }

  @Override
  default Reads reads() {
    return this instanceof Cat ? Reads.NOTHING : Reads.INPUTS;
  }

  @Override
  default boolean readsInput(int index) {
    return switch (this) {
      case Where _ -> index == 0;
      case Rows _ -> index == 1;
      case Cat _, OneHot _ -> false;
    };
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    return switch (this) {
      case Where _ -> {
        Tensor chosen = inputs.get(0);
        Tensor a = inputs.get(1);
        Tensor b = inputs.get(2);
        Tensor zero = Create.zeroLike(g);
        yield List.of(
            Optional.empty(),
            Autograd.wanted(a, () -> Shapes.sumTo(chosen.where(g, zero), a).to(a.dtype())),
            Autograd.wanted(b, () -> Shapes.sumTo(chosen.where(zero, g), b).to(b.dtype())));
      }
      case Cat(var dim) ->
          IntStream.range(0, inputs.size())
              .mapToObj(i -> {
                long at = inputs.subList(0, i).stream().mapToLong(t -> t.size(dim)).sum();
                return Optional.of(g.narrow(dim, at, inputs.get(i).size(dim)));
              })
              .toList();
      case Rows _ ->
          List.of(
              Optional.of(
                  Dispatch.run(
                      new Scatter(Optional.empty(), Shapes.list(inputs.get(0).shape())),
                      g,
                      inputs.get(1))),
              Optional.empty());
      case OneHot _ -> List.of(Optional.empty());
    };
  }

  @Override
  default long flops(List<Tensor> inputs, Tensor output) {
    return 0;
  }
}
