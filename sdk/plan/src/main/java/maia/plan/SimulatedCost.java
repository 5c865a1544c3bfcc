package maia.plan;

import maia.base.Check;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Elementwise;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.machine.Machine;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.runtime.KernelRun;
import maia.runtime.Report;
import maia.runtime.Session;
import maia.runtime.SessionRun;
import maia.runtime.SimulatedLauncher;
import maia.sim.Options;
import maia.tensor.Tensor;

/// The library kernel, compiled for the chip and simulated without values. Every call simulates
/// anew; [KeptCost] remembers.
///
/// A linear layer is the library's product with its result rounded in the epilogue. Attention is
/// the flash kernel over a dense cache: new tokens of a prompt see the keys before them; for one
/// new token, the query heads that share keys are the rows of a block, so that keys are read once.
/// Queries are taken in the cache's type, heads are padded to a power of two. Element-wise work is
/// the sum of two arrays, in as many bytes.
public final class SimulatedCost implements OperatorCost {
  private static final int LEAST_HEAD = 16;
  private static final int OPERANDS = 3;
  private static final long LARGEST_CALL = 1L << 30;

  private final Options options;

  /// A cost that simulates one cluster of a kind, anew at every call.
  public SimulatedCost() {
    this(Options.Clusters.ONE_OF_A_KIND);
  }

  /// A cost that simulates these clusters, anew at every call.
  public SimulatedCost(Options.Clusters clusters) {
    options = Options.timingOnly().withTraceLimit(0).withClusters(clusters);
  }

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    return switch (operator) {
      case Operator.Linear op -> linear(op, precision, chip);
      case Operator.Attention op -> attention(op, precision, chip);
      case Operator.Pointwise op -> pointwise(op, precision, chip);
    };
  }

  private OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    DType output = scalar("linear", "result type", precision.output());
    Tensor x = Tensor.meta(precision.activations(), op.m(), op.k());
    Tensor w = Tensor.meta(precision.weights(), op.n(), op.k());
    SessionRun run =
        Session.on(chip).with(options).run("linear", t -> t.linear(w, DType.F32).to(output), x);
    long bytes = run.report().lines().stream().mapToLong(Report.Line::hbmBytes).sum();
    // a linear layer and the rounding of its result are one kernel
    return new OperatorEstimate(
        run.picoseconds() * 1e-12,
        run.joules(),
        bytes,
        op.flops(),
        run.kernels().getFirst().record().bound().kind(),
        "simulated");
  }

  private OperatorEstimate attention(Operator.Attention op, Precision precision, Machine chip) {
    DType type = scalar("attention", "type of the cache", precision.weights());
    DType output = scalar("attention", "result type", precision.output());
    int d = Math.max(LEAST_HEAD, Integer.highestOneBit(2 * op.headDim() - 1));
    long shared = op.batch() * op.kvHeads();
    boolean one = op.queries() == 1;
    int group = op.heads() / op.kvHeads();
    long heads = one ? shared : shared * group;
    long queries = one ? group : op.queries();
    var problem =
        new FlashAttention.Problem(Math.toIntExact(heads), one ? 1 : group, queries, d, type);
    KernelLaunch launch =
        FlashAttention.over(
            FlashAttention.KERNEL.with("SEE", one ? See.ALL : See.CAUSAL).with("OUT", output),
            problem,
            chip);
    Array q = HostArray.meta(type, heads, queries, d);
    Array keys = HostArray.meta(type, shared, op.context(), d);
    Array out = HostArray.meta(output, heads, queries, d);
    return estimate(op, launch.on(launcher(chip)), 1, q, keys, keys, out, 1.0f);
  }

  /// Work that no launch can index is timed in part and scaled.
  private OperatorEstimate pointwise(Operator.Pointwise op, Precision precision, Machine chip) {
    DType type = scalar("element-wise work", "type", precision.activations());
    double each = Math.ceil(op.elements() / OPERANDS);
    long n = (long) Math.min(each, LARGEST_CALL);
    Array x = HostArray.meta(type, n);
    KernelLaunch launch = Elementwise.over(Elementwise.ADD.with("TYPE", type), n);
    return estimate(op, launch.on(launcher(chip)), each / n, x, x, HostArray.meta(type, n));
  }

  private SimulatedLauncher launcher(Machine chip) {
    return new SimulatedLauncher(chip, options);
  }

  private static OperatorEstimate estimate(
      Operator op, KernelLaunch launch, double times, Object... arguments) {
    KernelRun run = (KernelRun) launch.timing(arguments);
    long bytes = run.report().lines().stream().mapToLong(Report.Line::hbmBytes).sum();
    return new OperatorEstimate(
        run.picoseconds() * 1e-12 * times,
        run.joules() * times,
        bytes * times,
        op.flops(),
        run.record().bound().kind(),
        "simulated");
  }

  private static DType scalar(String what, String which, ElementType type) {
    Check.argument(
        type instanceof DType,
        "%s: simulated with a scalar %s, asked for %s; give a DType",
        what,
        which,
        type.label());
    return (DType) type;
  }
}
