package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import maia.base.Rich;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.numerics.Philox;
import org.jspecify.annotations.Nullable;

/// A strided view of typed elements on a device, with optional gradient.
///
/// Elements never change behind a tensor's back: operations return new tensors, views share memory,
/// and [#assign] is the only write. Tensors compare by identity; compare values with
/// [TensorMath#eq].
public final class Tensor extends TensorFactory
    implements Array,
        Rich,
        TensorMath,
        TensorFunctions,
        TensorReductions,
        TensorLinalg,
        TensorViews,
        TensorIndexing,
        TensorInPlace,
        TensorExtras {
  private final Device device;
  private final ElementType type;
  private final Layout layout;
  private final MemorySegment segment;
  private final @Nullable Tensor scales;
  private final float tensorScale;
  final Slot slot;
  private final boolean number;

  private Tensor(Device device, Array array, Layout layout, @Nullable Tensor scales, Slot slot) {
    this(device, array, layout, scales, slot, false);
  }

  private Tensor(
      Device device,
      Array array,
      Layout layout,
      @Nullable Tensor scales,
      Slot slot,
      boolean number) {
    this.number = number;
    this.device = device;
    this.type = array.type();
    this.segment = array.segment();
    this.tensorScale = array.tensorScale();
    this.layout = layout;
    this.scales = scales;
    this.slot = slot;
  }

  // ---------------------------------------------------------------- creation

  /// `array` as a tensor on `device`: the memory is shared, not copied.
  public static Tensor on(Device device, Array array) {
    Layout layout = new Layout(array.shape(), array.strides(), array.offset());
    @Nullable Tensor scales = array.scales().map(s -> on(device, s)).orElse(null);
    return new Tensor(device, array, layout, scales, new Slot());
  }

  /// A tensor without memory on [Device#meta].
  public static Tensor meta(ElementType type, long... shape) {
    return on(Device.meta(), HostArray.meta(type, shape));
  }

  /// An F32 tensor of `shape` filled with 0.
  public static Tensor zeros(long... shape) {
    return zeros(DType.F32, shape);
  }

  /// A tensor filled with 0.
  public static Tensor zeros(DType type, long... shape) {
    return on(Device.cpu(), HostArray.zeros(type, shape));
  }

  /// A tensor to be written by a kernel. Its memory reads as 0 until then.
  public static Tensor empty(DType type, long... shape) {
    return zeros(type, shape);
  }

  /// An F32 tensor filled with 1.
  public static Tensor ones(long... shape) {
    return full(1, DType.F32, shape);
  }

  /// A tensor filled with `value`, rounded to `type`.
  public static Tensor full(double value, DType type, long... shape) {
    return Create.full(value, type, shape);
  }

  /// A scalar: a tensor of no dimensions, F32.
  public static Tensor scalar(float value) {
    return full(value, DType.F32);
  }

  /// An F32 vector of the given values.
  public static Tensor of(float... values) {
    return of(values, values.length);
  }

  /// An F32 tensor from `values` in row order.
  public static Tensor of(float[] values, long... shape) {
    return Host.tensor(values.clone(), DType.F32, shape);
  }

  /// An F32 matrix from rows of equal length.
  public static Tensor of(float[][] rows) {
    return Create.rows(rows);
  }

  /// An I64 vector of the given values.
  public static Tensor ofLongs(long... values) {
    return Host.tensor(values, DType.I64, values.length);
  }

  /// The I64 values 0 to `count` - 1.
  public static Tensor arange(long count) {
    return Create.arange(count);
  }

  /// Uniform values in [0, 1): element i depends only on `seed` and i.
  public static Tensor rand(DType type, long seed, long... shape) {
    return Create.random(type, i -> Philox.uniform(seed, i), shape);
  }

  /// Standard normal values: element i depends only on `seed` and i.
  public static Tensor randn(DType type, long seed, long... shape) {
    return Create.random(type, i -> Philox.normal(seed, i), shape);
  }

  /// Tensors joined along an existing dimension, in the type in which they meet. Vectors without
  /// elements go with anything.
  public static Tensor cat(List<Tensor> tensors, int dim) {
    return Selection.cat(tensors, dim);
  }

  /// Tensors of one shape joined along a new dimension.
  public static Tensor stack(List<Tensor> tensors, int dim) {
    return cat(tensors.stream().map(t -> t.unsqueeze(dim)).toList(), dim);
  }

  /// Sums of products in index notation, such as `bij,bjk->bik`: letters name dimensions, those
  /// missing in the result are added up; a letter twice in one operand is its diagonal; `...`
  /// stands for dimensions that broadcast. Without an arrow the result has the letters that occur
  /// once, in alphabetical order.
  public static Tensor einsum(String equation, Tensor... operands) {
    return Einsum.of(equation, List.of(operands));
  }

  // ---------------------------------------------------------------- what it is

  /// Where it lives.
  public Device device() {
    return device;
  }

  /// Whether it has a shape but no values.
  public boolean isMeta() {
    return device.equals(Device.meta());
  }

  @Override
  public ElementType type() {
    return type;
  }

  /// The scalar type; refused for block formats, which need [TensorMath#dequantize] first.
  public DType dtype() {
    return dtype("dtype");
  }

  /// The type in which arithmetic on `a` and `b` is done and its result stored, as PyTorch decides.
  public static DType resultType(Tensor a, Tensor b) {
    return Promotion.of("resultType", a, b);
  }

  /// The type in which elements of two types meet.
  public static DType promoteTypes(DType a, DType b) {
    return Promotion.of(a, b);
  }

  DType dtype(String op) {
    return switch (type) {
      case DType scalar -> scalar;
      case BlockFormat block ->
          throw TensorException.of(
              "%s: a tensor of block format %s has no values of its own; call dequantize() first",
              op, block.label());
    };
  }

  @Override
  public long[] shape() {
    return layout.shape().clone();
  }

  @Override
  public long[] strides() {
    return layout.strides().clone();
  }

  @Override
  public long offset() {
    return layout.offset();
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public Optional<Array> scales() {
    return Optional.ofNullable(scales);
  }

  Optional<Tensor> scaleTensor() {
    return Optional.ofNullable(scales);
  }

  @Override
  public float tensorScale() {
    return tensorScale;
  }

  /// The number of dimensions.
  public int rank() {
    return layout.rank();
  }

  /// The size of dimension `dim`; negative numbers count from the end.
  public long size(int dim) {
    return layout.shape()[layout.dim("size", dim)];
  }

  /// Whether its elements lie one after another in row order.
  public boolean isContiguous() {
    return layout.isContiguous();
  }

  Layout layout() {
    return layout;
  }

  /// This scalar as a plain number of the caller's, which widens no tensor; see [Promotion].
  Tensor asNumber() {
    return new Tensor(device, this, layout, scales, slot, true);
  }

  /// Whether it is a plain number of the caller's beside a tensor, as the 2 of `x.mul(2)`.
  public boolean isNumber() {
    return number;
  }

  /// The same memory in another layout, with no gradient of its own.
  Tensor viewed(Layout view) {
    return viewed(view, scales);
  }

  Tensor viewed(Layout view, @Nullable Tensor viewedScales) {
    return new Tensor(device, this, view, viewedScales, slot.view(this));
  }

  @Override
  public Tensor self() {
    return this;
  }

  // ---------------------------------------------------------------- values

  /// The one value of a tensor of one element as fp32; see [#itemDouble] and [#itemLong].
  public float item() {
    ShapeException.check(
        elements() == 1,
        "item: needs exactly one element, the shape is %s",
        Layout.text(layout.shape()));
    return toArray()[0];
  }

  /// The one value of a tensor of one element, with all its bits for types up to F64.
  public double itemDouble() {
    item();
    return Host.doubles(this)[0];
  }

  /// The one value of an integer or boolean tensor of one element.
  public long itemLong() {
    item();
    return toLongs()[0];
  }

  /// The values in row order as fp32; block formats decoded.
  public float[] toArray() {
    return Host.floats(this);
  }

  /// The values of an integer or boolean tensor in row order.
  public long[] toLongs() {
    return Host.longs(this);
  }

  /// Overwrites the elements with `values`, broadcast and rounded to this tensor's type. Views of
  /// the same memory see it; gradients flow to `values`; those of operations that need the old
  /// values refuse. A tensor marked with [#requireGrad] is written to inside [#noGrad] only.
  public void assign(Tensor values) {
    Create.assign(this, values);
  }

  /// How often its memory has been written in place, through any view: what is computed from its
  /// values holds as long as this number stays.
  public int version() {
    return slot.writes().count();
  }

  // ---------------------------------------------------------------- gradient

  /// Marks this tensor as a parameter whose gradient [#backward] computes, and returns it.
  public Tensor requireGrad() {
    return Autograd.requireGrad(this);
  }

  /// Ends what [#requireGrad] began, and returns this tensor: results made from here on do not
  /// depend on it. Refused for the result of an operation, which [#detach] takes out of its graph.
  public Tensor requireNoGrad() {
    return Autograd.requireNoGrad(this);
  }

  /// Whether gradients flow to or through this tensor.
  public boolean requiresGrad() {
    return slot.vertex(this) != null;
  }

  /// Whether it is the start of a graph: marked with [#requireGrad], or without gradient.
  public boolean isLeaf() {
    @Nullable Vertex vertex = slot.vertex(this);
    return vertex == null || vertex.isLeaf();
  }

  /// Makes [#backward] keep the gradient of this result of an operation for [#grad], as it does for
  /// parameters, and returns this tensor.
  public Tensor retainGrad() {
    history("retainGrad").keepIn(slot);
    return this;
  }

  /// Runs `function` on the gradient with respect to this tensor, once it is complete, and goes on
  /// with what it returns: a tensor of the same shape.
  public Hook hook(UnaryOperator<Tensor> function) {
    return new Hook(history("hook").hooks(), function);
  }

  private Vertex history(String name) {
    @Nullable Vertex vertex = slot.vertex(this);
    if (vertex == null) {
      throw TensorException.of(
          "%s: this tensor does not need a gradient; mark it, or what it is made of, with"
              + " requireGrad()",
          name);
    }
    return vertex;
  }

  /// The accumulated gradient; refused where there is none yet, see [#hasGrad].
  public Tensor grad() {
    return slot.grad();
  }

  /// Whether [#backward] has reached this parameter since the last [#zeroGrad].
  public boolean hasGrad() {
    return slot.hasGrad();
  }

  /// Forgets the accumulated gradient.
  public void zeroGrad() {
    slot.clear();
  }

  /// Replaces the accumulated gradient, as clipping does; it must have the shape of this parameter.
  public void setGrad(Tensor gradient) {
    ShapeException.check(
        Layout.text(shape()).equals(Layout.text(gradient.shape())),
        "setGrad: the gradient is %s, must be %s like the parameter",
        Layout.text(gradient.shape()),
        Layout.text(shape()));
    slot.set(gradient.detach());
  }

  /// Adds the gradient of this scalar to every parameter it depends on.
  public void backward(GradOption... options) {
    ShapeException.check(
        elements() == 1,
        "backward: needs a scalar, the shape is %s; reduce it first, or pass the gradient: backward(g)",
        Layout.text(layout.shape()));
    backward(Create.fullLike(this, 1), options);
  }

  /// As [#backward(GradOption...)], from the given gradient with respect to this tensor.
  public void backward(Tensor gradient, GradOption... options) {
    Backward.accumulate(List.of(this), List.of(gradient), Set.of(options));
  }

  /// The gradients of the sum of `outputs`, each a scalar, with respect to `inputs`: one for each,
  /// of its shape. Nothing is added to the gradient of any parameter.
  public static List<Tensor> grad(
      List<Tensor> outputs, List<Tensor> inputs, GradOption... options) {
    for (Tensor output : outputs) {
      ShapeException.check(
          output.elements() == 1,
          "grad: outputs must be scalars, one is %s; reduce it, or pass its gradient",
          Layout.text(output.layout.shape()));
    }
    List<Tensor> ones = outputs.stream().map(y -> Create.fullLike(y, 1)).toList();
    return grad(outputs, inputs, ones, options);
  }

  /// As [#grad(List, List, GradOption...)], with a gradient for each output, of any shape.
  public static List<Tensor> grad(
      List<Tensor> outputs, List<Tensor> inputs, List<Tensor> gradOutputs, GradOption... options) {
    return Backward.gradients(outputs, inputs, gradOutputs, Set.of(options), List.of());
  }

  /// The same values outside the graph, in the same memory.
  public Tensor detach() {
    return new Tensor(device, this, layout, scales, slot.detached());
  }

  /// The result of a function with a gradient of its own.
  public static Tensor apply(CustomFunction function, Tensor... inputs) {
    return Custom.apply(function, List.of(inputs));
  }

  /// The result of `function` without keeping what it computes on the way: it runs again in
  /// [#backward]. Tensors marked with [#requireGrad] that it captures get their gradients too. It
  /// must compute the same both times; random numbers are those of the first run, see [Draws].
  public static Tensor checkpoint(Function<List<Tensor>, Tensor> function, Tensor... inputs) {
    return Checkpoint.run(function, List.of(inputs));
  }

  /// Runs `body` without recording for [#backward]: on the calling thread, until it returns.
  public static <T> T noGrad(Supplier<T> body) {
    return Autograd.noGrad(body);
  }

  /// Runs `body` without recording for [#backward]: on the calling thread, until it returns.
  public static void noGrad(Runnable body) {
    Autograd.noGrad(() -> {
      body.run();
      return true;
    });
  }

  /// Runs `body` with recording inside [#noGrad]: on the calling thread, until it returns.
  public static <T> T enableGrad(Supplier<T> body) {
    return Autograd.enableGrad(body);
  }

  /// Runs `body`, forward and backward, so that the first operation or gradient which makes NaN of
  /// numbers is refused with its name and line. Slower: every result is read.
  public static <T> T detectAnomaly(Supplier<T> body) {
    return Autograd.watching(true, body);
  }

  /// A dense copy in row order, of the same type and on the same device; gradients flow through it.
  @Override
  public Tensor clone() {
    return Dispatch.run(new Conversion.Contiguous(), this);
  }

  // ---------------------------------------------------------------- display

  /// The values as PyTorch prints them: four decimals, long tensors shortened.
  @Override
  public String toString() {
    return Printer.print(this);
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/html", TensorHtml.of(this), "text/plain", toString());
  }
}
