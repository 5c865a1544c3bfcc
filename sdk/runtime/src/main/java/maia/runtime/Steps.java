package maia.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.graph.Step;
import maia.graph.Value;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.Elementwise;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Quantise;
import maia.kernel.library.Softmax;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import maia.tensor.Binary;
import maia.tensor.Comparison;
import maia.tensor.Contraction;
import maia.tensor.Conversion;
import maia.tensor.Device;
import maia.tensor.Normalize;
import maia.tensor.Op;
import maia.tensor.Reduction;
import maia.tensor.Selection;
import maia.tensor.SoftmaxOp;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.Unary;
import maia.tensor.View;

/// Runs steps and single operations as kernels of the library; results are tensors on `device`.
final class Steps {
  private final SimulatedLauncher launcher;
  private final Device device;
  private final Consumer<KernelRun> observer;
  private final String refusal;

  private Steps(
      SimulatedLauncher launcher, Device device, Consumer<KernelRun> observer, String refusal) {
    this.launcher = launcher;
    this.device = device;
    this.observer = observer;
    this.refusal = refusal;
  }

  /// Steps of eager operations on `device`.
  static Steps eager(SimulatedLauncher launcher, Device device, Consumer<KernelRun> observer) {
    String refusal =
        "%1$s cannot run '%%s': %%s; run it on the host explicitly: x.to(Device.cpu()), the operation,"
            + " then to(%1$s)";
    return new Steps(launcher, device, observer, refusal.formatted(device));
  }

  /// Steps of a session, whose values lie on the host between the kernels.
  static Steps session(SimulatedLauncher launcher, Consumer<KernelRun> observer) {
    String refusal =
        "a session on %s cannot run '%%s': %%s; run this operation on the host, before or after the"
            + " session";
    return new Steps(
        launcher, Device.cpu(), observer, refusal.formatted(launcher.machine().name()));
  }

  /// Whether a kernel of the library computes `op`.
  static boolean supports(Op op) {
    return switch (op) {
      case View _, Contraction.Linear _, Conversion.Cast _, Conversion.Quantize _ -> true;
      case Conversion.Contiguous _, Selection.Where _ -> true;
      case Unary _, maia.tensor.Activation _, Binary _, Comparison _ -> true;
      case Reduction.ArgMax _ -> false;
      case Reduction _, SoftmaxOp _, Normalize _ -> true;
      default -> false;
    };
  }

  /// The result of one operation.
  Tensor single(Op op, List<Tensor> inputs) {
    Tensor like = op.meta(inputs);
    if (like.elements() == 0 && supports(op) && !(op instanceof View)) {
      return onDevice(result(inputs.getFirst().isMeta(), like.type(), like.shape()));
    }
    return switch (op) {
      case View view -> {
        Tensor seen = view.apply(inputs.getFirst());
        yield seen.isMeta() ? seen : Tensor.on(device, seen);
      }
      case Contraction.Linear(var outType) ->
          linear(
              new LinearSpec(Optional.empty(), Activation.NONE, Optional.empty(), outType),
              inputs.get(0),
              inputs.get(1),
              inputs.stream().skip(2).findFirst());
      case Unary.Relu _ -> relu(op, inputs.getFirst());
      case Conversion.Cast cast -> cast(cast, inputs.getFirst());
      case Conversion.Quantize quantize -> quantise(quantize, inputs.getFirst());
      case Binary.Add _ -> binary(Elementwise.ADD, op, inputs, like);
      case Binary.Sub _ -> binary(Elementwise.SUB, op, inputs, like);
      case Binary.Mul _ -> binary(Elementwise.MUL, op, inputs, like);
      case Binary.Div _ -> binary(Elementwise.DIV, op, inputs, like);
      case SoftmaxOp softmax when fits(softmax, inputs.getFirst()) -> softmax(inputs.getFirst());
      default -> generated(op, inputs);
    };
  }

  /// The result by a kernel made for this operation: on elements that broadcast, or on rows.
  private Tensor generated(Op op, List<Tensor> inputs) {
    Step.Fused step =
        Step.Fused.alone(op, inputs)
            .orElseThrow(() ->
                noKernel(
                    op,
                    supports(op)
                        ? "its kernel takes f32, bf16, f16, fp8_e4m3 and fp8_e5m2, and reduces the last"
                            + " dimension; got "
                            + described(inputs)
                        : "no kernel of the library computes it"));
    long longest = FusedKernel.longestRow(launcher.machine(), step.inputs().size() + 2);
    if (step.space() == Step.Space.ROWS && step.shape().getLast() > longest) {
      throw noKernel(
          op,
          "its kernel keeps a row on chip, of at most %d elements; got %s"
              .formatted(longest, described(inputs)));
    }
    List<Tensor> read =
        IntStream.range(0, inputs.size())
            .filter(i -> step.inputs().stream().anyMatch(v -> v.id() == i))
            .mapToObj(inputs::get)
            .toList();
    return fused(step, read).getFirst();
  }

  private static String described(List<Tensor> inputs) {
    return inputs.stream()
        .map(t -> t.type().label() + " " + Arrays.toString(t.shape()))
        .collect(Collectors.joining(" and "));
  }

  private TensorException noKernel(Op op, String why) {
    return TensorException.of(refusal, op.name(), why);
  }

  /// What an epilogue computes besides the bias.
  record LinearSpec(
      Optional<Float> scale, Activation activation, Optional<Float> outScale, ElementType outType) {
    static LinearSpec of(Step.Linear step) {
      step.rule()
          .ifPresent(rule ->
              Check.argument(
                  rule == ScaleRule.FLOOR,
                  "linear: the kernel quantises its result by rule FLOOR, asked for %s; quantise on the host",
                  rule));
      Activation activation = Activation.valueOf(step.activation().name());
      return new LinearSpec(step.scale(), activation, step.outScale(), step.outType());
    }
  }

  /// A linear layer with its epilogue.
  Tensor linear(LinearSpec spec, Tensor x, Tensor w, Optional<Tensor> bias) {
    long[] shape = x.shape();
    shape[shape.length - 1] = w.size(0);
    if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
      return onDevice(result(x.isMeta(), spec.outType(), shape));
    }
    Tensor rows = x.rank() == 2 ? x : x.reshape(-1, x.size(-1));
    Machine machine = launcher.machine();
    Blocks.Problem problem =
        new Blocks.Problem(
            rows.size(0), w.size(0), rows.size(1), rows.type(), w.type(), spec.outType());
    Set<Linear.Part> parts = EnumSet.noneOf(Linear.Part.class);
    List<Object> arguments = new ArrayList<>(List.of(rows, w));
    bias.ifPresent(b -> {
      parts.add(Linear.Part.BIAS);
      arguments.add(b.type() == DType.F32 ? b : b.to(DType.F32)); // added in binary32
    });
    boolean meta = x.isMeta();
    HostArray y = result(meta, spec.outType(), rows.size(0), w.size(0));
    arguments.add(y);
    spec.scale()
        .ifPresent(s -> {
          parts.add(Linear.Part.SCALE);
          arguments.add(s);
        });
    spec.outScale()
        .ifPresent(s -> {
          parts.add(Linear.Part.OUT_SCALE);
          arguments.add(s);
        });
    run(launch(problem, spec.activation(), parts, machine), meta, arguments.toArray());
    Tensor out = onDevice(y);
    return x.rank() == 2 ? out : out.reshape(shape);
  }

  /// The results of a fused step.
  List<Tensor> fused(Step.Fused step, List<Tensor> inputs) {
    FusedLayout layout = FusedLayout.of(step, inputs);
    boolean meta = inputs.stream().anyMatch(Tensor::isMeta);
    List<Object> arguments = new ArrayList<>();
    layout.inputs().forEach(operand -> arguments.add(operand.array()));
    List<HostArray> results = new ArrayList<>();
    for (Value value : step.outputs()) {
      long[] shape = step.isOfRows(value) ? layout.lead() : layout.all();
      results.add(result(meta, value.type(), shape));
    }
    arguments.addAll(results);
    run(FusedKernel.over(step, layout, launcher.machine()), meta, arguments.toArray());
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      long[] shape = step.outputs().get(i).shape().stream().mapToLong(Long::longValue).toArray();
      tensors.add(onDevice(results.get(i)).reshape(shape));
    }
    return tensors;
  }

  private static KernelLaunch launch(
      Blocks.Problem problem, Activation act, Set<Linear.Part> parts, Machine machine) {
    boolean xBlocks = problem.x() instanceof BlockFormat;
    boolean wBlocks = problem.w() instanceof BlockFormat;
    Check.argument(
        xBlocks == wBlocks,
        "linear: the kernels take two scalar types or two block formats, got x %s and w %s; quantise both",
        problem.x().label(),
        problem.w().label());
    return xBlocks
        ? LinearMx.over(problem, act, parts, machine)
        : Linear.over(problem, act, parts, machine);
  }

  private Tensor onDevice(HostArray array) {
    return array.isMeta() ? Tensor.meta(array.type(), array.shape()) : Tensor.on(device, array);
  }

  private static HostArray result(boolean meta, ElementType type, long... shape) {
    return meta ? HostArray.meta(type, shape) : HostArray.zeros(type, shape);
  }

  private void run(KernelLaunch launch, boolean meta, Object... arguments) {
    KernelCall.Mode mode = meta ? KernelCall.Mode.TIMING_ONLY : KernelCall.Mode.COMPUTE;
    observer.accept(launcher.launch(launch.call(mode, arguments)));
  }

  private Tensor relu(Op op, Tensor x) {
    checkFloat(op, x.dtype());
    return elementwise(
        Elementwise.ACTIVATION.with("TYPE", x.dtype()).with("ACT", Activation.RELU), x.dtype(), x);
  }

  private Tensor cast(Conversion.Cast cast, Tensor x) {
    if (!cast.equals(new Conversion.Cast(cast.type()))) {
      throw noKernel(
          cast,
          "the kernel rounds to nearest even and saturates, asked for %s, %s"
              .formatted(cast.rounding(), cast.overflow()));
    }
    checkFloat(cast, x.dtype());
    checkFloat(cast, cast.type());
    return elementwise(
        Elementwise.CAST.with("FROM", x.dtype()).with("TYPE", cast.type()), cast.type(), x);
  }

  private Tensor quantise(Conversion.Quantize op, Tensor x) {
    boolean fits =
        op.rule() == ScaleRule.FLOOR
            && op.format().scale() == DType.E8M0
            && op.format() != BlockFormat.MXINT8
            && x.type() == DType.F32
            && x.rank() >= 1;
    if (!fits) {
      throw noKernel(
          op,
          "the kernel takes f32 and gives MX formats of floats by rule FLOOR, asked for %s %s to %s by %s"
              .formatted(
                  x.type().label(), Arrays.toString(x.shape()), op.format().label(), op.rule()));
    }
    Tensor rows = x.rank() == 2 ? x : x.reshape(-1, x.size(-1));
    HostArray y = result(x.isMeta(), op.format(), rows.shape());
    run(Quantise.over(rows.size(0), rows.size(1), op.format()), x.isMeta(), rows, y);
    Tensor out = onDevice(y);
    return x.rank() == 2 ? out : out.reshape(x.shape());
  }

  private Tensor scaled(Tensor x, float factor) {
    Tensor flat = x.contiguous().reshape(-1);
    HostArray out = result(x.isMeta(), x.type(), x.elements());
    Kernel kernel = Elementwise.SCALE.with("TYPE", x.dtype());
    run(Elementwise.over(kernel, x.elements()), x.isMeta(), flat, out, factor);
    return onDevice(out).reshape(x.shape());
  }

  /// The element-wise kernels compute in binary32.
  private void checkFloat(Op op, DType type) {
    if (!type.isFloat() || type == DType.F64 || type == DType.TF32) {
      throw noKernel(
          op, "the kernel takes floating-point types of at most 32 bits, got " + type.label());
    }
  }

  private Tensor elementwise(Kernel kernel, DType type, Tensor x) {
    Tensor flat = x.contiguous().reshape(-1);
    HostArray out = result(x.isMeta(), type, x.elements());
    run(Elementwise.over(kernel, x.elements()), x.isMeta(), flat, out);
    return onDevice(out).reshape(x.shape());
  }

  private Tensor binary(Kernel kernel, Op op, List<Tensor> inputs, Tensor like) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    boolean byScalar =
        op instanceof Binary.Mul && b.rank() == 0 && !b.isMeta() && like.type().equals(a.type());
    if (byScalar) {
      return scaled(a, b.item());
    }
    boolean same = Arrays.equals(a.shape(), b.shape()) && a.type().equals(b.type());
    if (!same) {
      return generated(op, inputs);
    }
    checkFloat(op, a.dtype());
    boolean meta = a.isMeta() || b.isMeta();
    HostArray out = result(meta, like.type(), a.elements());
    run(
        Elementwise.over(kernel.with("TYPE", a.dtype()), a.elements()),
        meta,
        a.contiguous().reshape(-1),
        b.contiguous().reshape(-1),
        out);
    return onDevice(out).reshape(a.shape());
  }

  private static boolean fits(SoftmaxOp softmax, Tensor x) {
    return softmax instanceof SoftmaxOp.Probability
        && x.type() == DType.F32
        && x.rank() >= 1
        && softmax.dim() == x.rank() - 1;
  }

  private Tensor softmax(Tensor x) {
    Tensor rows = x.reshape(-1, x.size(-1));
    HostArray out = result(x.isMeta(), DType.F32, rows.shape());
    run(Softmax.over(rows.size(0), rows.size(1), launcher.machine()), x.isMeta(), rows, out);
    return onDevice(out).reshape(x.shape());
  }
}
