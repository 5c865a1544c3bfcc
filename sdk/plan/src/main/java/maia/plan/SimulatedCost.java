package maia.plan;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import maia.base.Check;
import maia.kernel.KernelCall;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.Elementwise;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.LinearW4A16;
import maia.kernel.library.ProductSample;
import maia.kernel.library.Stretch;
import maia.kernel.library.Stretch.Cut;
import maia.machine.Machine;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.runtime.KernelRun;
import maia.runtime.Session;
import maia.runtime.SessionRun;
import maia.tensor.Tensor;

/// The library kernel, compiled for the chip and simulated without values. Every call simulates
/// anew; [KeptCost] remembers.
///
/// A linear layer is the library's product with its result rounded in the epilogue; block-format
/// weights meet activations in BF16 in the kernel that widens them. Attention is the flash kernel
/// over a dense cache: new tokens of a prompt see the keys before them; for one new token, the
/// query heads that share keys are the rows of a block, so that keys are read once. Queries are
/// taken in the cache's type, heads are padded to a power of two. Element-wise work is the sum of
/// two arrays, in as many bytes.
///
/// How much of that is simulated, and what follows from it, is chosen by an [Extent]; the method of
/// an estimate says which it was.
public final class SimulatedCost implements OperatorCost {
  private static final int LEAST_HEAD = 16;
  private static final int OPERANDS = 3;
  private static final long LARGEST_CALL = 1L << 30;

  /// Blocks of keys after which they follow each other evenly, and a few more.
  private static final int FEW_BLOCKS = 12;

  private static final int MORE_BLOCKS = 24;

  /// The same of rounds, in which every tile takes a block of elements.
  private static final int FEW_ROUNDS = 4;

  private static final int MORE_ROUNDS = 8;

  private final Extent extent;

  /// A cost that simulates what [Extent#SAMPLED] says, anew at every call.
  public SimulatedCost() {
    this(Extent.SAMPLED);
  }

  /// A cost that simulates so much, anew at every call.
  public SimulatedCost(Extent extent) {
    this.extent = extent;
  }

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    return switch (operator) {
      case Operator.Linear op -> linear(op, precision, chip);
      case Operator.Attention op -> attention(op, precision, chip);
      case Operator.Pointwise op -> pointwise(op, precision, chip);
    };
  }

  // ---------------------------------------------------------------- products

  private OperatorEstimate linear(Operator.Linear op, Precision precision, Machine chip) {
    ElementType x = precision.activations();
    ElementType w = precision.weights();
    DType output = scalar("linear", "result type", precision.output());
    var p = new Blocks.Problem(op.m(), op.n(), op.k(), x, w, output);
    if (x instanceof BlockFormat a && w instanceof BlockFormat b && LinearMx.takes(a, b)) {
      return product(op, p, LinearMx.over(p, Activation.NONE, Set.of(), chip), chip);
    }
    if (x instanceof DType a && w instanceof DType b && chip.ttu().depth(a, b).isPresent()) {
      return product(op, p, Linear.over(p, Activation.NONE, Set.of(), chip), chip);
    }
    if (x == DType.BF16 && w instanceof BlockFormat b && b != BlockFormat.MXINT8) {
      return product(op, p, LinearW4A16.over(p, Activation.NONE, Set.of(), chip), chip);
    }
    return converted(op, precision, output, chip);
  }

  private OperatorEstimate product(
      Operator op, Blocks.Problem p, KernelLaunch launch, Machine chip) {
    KernelCall whole =
        call(
            launch,
            Tensor.meta(p.x(), p.m(), p.k()),
            Tensor.meta(p.w(), p.n(), p.k()),
            Tensor.meta(p.y(), p.m(), p.n()));
    var kernel = new TimedKernel(op, whole, chip, extent.options());
    ProductSample sample =
        extent == Extent.SAMPLED ? ProductSample.of(p, whole, chip) : ProductSample.whole(p, whole);
    return Sampling.of(
        List.of(sample.rows(), sample.columns(), sample.depth()),
        cuts -> {
          Cut m = cuts.get(0);
          Cut n = cuts.get(1);
          Cut k = cuts.get(2);
          return kernel.time(
              List.of(m.programs(), n.programs()),
              Tensor.meta(p.x(), m.size(), k.size()),
              Tensor.meta(p.w(), n.size(), k.size()),
              Tensor.meta(p.y(), m.size(), n.size()));
        });
  }

  /// A product of types that no kernel multiplies as they are: they are converted before.
  private OperatorEstimate converted(
      Operator.Linear op, Precision precision, DType output, Machine chip) {
    Tensor x = Tensor.meta(precision.activations(), op.m(), op.k());
    Tensor w = Tensor.meta(precision.weights(), op.n(), op.k());
    SessionRun run =
        Session.on(chip)
            .with(extent.options())
            .run("linear", t -> t.linear(w, DType.F32).to(output), x);
    return new OperatorEstimate(
        run.picoseconds() * 1e-12,
        run.joules(),
        run.kernels().stream().mapToDouble(k -> k.record().counters().hbmBytes()).sum(),
        op.flops(),
        run.kernels().stream()
            .max(Comparator.comparingLong(KernelRun::picoseconds))
            .orElseThrow()
            .record()
            .bound()
            .kind(),
        OperatorEstimate.SIMULATED);
  }

  // ---------------------------------------------------------------- the rest

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
    Array out = HostArray.meta(output, heads, queries, d);
    Array keys = HostArray.meta(type, shared, op.context(), d);
    KernelCall whole = call(launch, q, keys, keys, out, 1.0f);
    var kernel = new TimedKernel(op, whole, chip, extent.options());
    int block = (int) Objects.requireNonNull(whole.metas().get("BN"));
    Stretch context =
        one && extent == Extent.SAMPLED
            ? Stretch.ofSteps(op.context(), block, FEW_BLOCKS, MORE_BLOCKS)
            : Stretch.uncut(op.context(), 1);
    return Sampling.of(
        List.of(context),
        cuts -> {
          Array seen = HostArray.meta(type, shared, cuts.getFirst().size(), d);
          return kernel.time(whole.grid(), q, seen, seen, out, 1.0f);
        });
  }

  /// Work that no launch can index is always sampled.
  private OperatorEstimate pointwise(Operator.Pointwise op, Precision precision, Machine chip) {
    DType type = scalar("element-wise work", "type", precision.activations());
    long n = (long) Math.ceil(op.elements() / OPERANDS);
    long most = Math.min(n, LARGEST_CALL);
    Array x = HostArray.meta(type, most);
    KernelCall largest = call(Elementwise.over(Elementwise.ADD.with("TYPE", type), most), x, x, x);
    int block = (int) Objects.requireNonNull(largest.metas().get("BLOCK"));
    Stretch elements =
        extent == Extent.SAMPLED || n > most
            ? Stretch.ofRounds(n, block, chip.tiles(), FEW_ROUNDS, MORE_ROUNDS)
            : Stretch.uncut(n, largest.grid().getFirst());
    var kernel = new TimedKernel(op, largest, chip, extent.options());
    return Sampling.of(
        List.of(elements),
        cuts -> {
          Array part = HostArray.meta(type, cuts.getFirst().size());
          return kernel.time(List.of(cuts.getFirst().programs()), part, part, part);
        });
  }

  private static KernelCall call(KernelLaunch launch, Object... arguments) {
    return launch.call(KernelCall.Mode.TIMING_ONLY, arguments);
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
