package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// The transpose of a choice: zeros of `shape` into which the input is added, in row order, where
/// `view` (or, without one, the row indices of a second input) had taken it from.
public record Scatter(Optional<View> view, List<Long> shape) implements Op {
  Scatter(View view, List<Long> shape) {
    this(Optional.of(view), shape);
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    return Tensor.meta(inputs.getFirst().dtype("scatter"), Shapes.array(shape));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    Tensor part = Host.here(x);
    Tensor result = Tensor.zeros(x.dtype("scatter"), Shapes.array(shape));
    if (view.isPresent()) {
      Tensor window = view.get().apply(result);
      if (window.layout().mayOverlap()) {
        return added(part, window, result);
      }
      window.assign(part);
      return result;
    }
    return addRows(part, Host.longs(inputs.get(1)));
  }

  /// Adds `part`, in row order, into `window` of `result`, some of whose places are the same.
  private static Tensor added(Tensor part, Tensor window, Tensor result) {
    DType type = result.dtype();
    if (type == DType.F64) {
      double[] to = new double[Host.count(result)];
      double[] from = Host.doubles(part);
      Host.visit(window.layout(), (at, i) -> to[(int) at] += from[i]);
      return Host.tensor(to, type, result.shape());
    }
    float[] to = new float[Host.count(result)];
    float[] from = Host.floats(part);
    Host.visit(window.layout(), (at, i) -> to[(int) at] += from[i]);
    return Host.tensor(to, type, result.shape());
  }

  private Tensor addRows(Tensor part, long[] indices) {
    long[] sizes = Shapes.array(shape);
    if (part.type() == DType.F64) {
      return addRows(Host.doubles(part), indices, sizes);
    }
    float[] from = Host.floats(part);
    int width = indices.length == 0 ? 0 : from.length / indices.length;
    float[] to = new float[Math.toIntExact(Layout.contiguous(sizes).elements())];
    for (int i = 0; i < indices.length; i++) {
      for (int c = 0; c < width; c++) {
        to[(int) indices[i] * width + c] += from[i * width + c];
      }
    }
    return Host.tensor(to, DType.F32, sizes).to(part.dtype());
  }

  private static Tensor addRows(double[] from, long[] indices, long... sizes) {
    int width = indices.length == 0 ? 0 : from.length / indices.length;
    double[] to = new double[Math.toIntExact(Layout.contiguous(sizes).elements())];
    for (int i = 0; i < indices.length; i++) {
      for (int c = 0; c < width; c++) {
        to[(int) indices[i] * width + c] += from[i * width + c];
      }
    }
    return Host.tensor(to, DType.F64, sizes);
  }

  @Override
  public Reads reads() {
    return view.isPresent() ? Reads.NOTHING : Reads.INPUTS;
  }

  @Override
  public boolean readsInput(int index) {
    return index == 1;
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    if (view.isPresent()) {
      return List.of(Optional.of(Dispatch.run(view.get(), gradient)));
    }
    return List.of(Optional.of(gradient.rows(inputs.get(1))), Optional.empty());
  }
}
