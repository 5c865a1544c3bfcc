package maia.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import maia.base.Check;
import maia.kernel.Run;
import maia.kernel.library.Activation;
import maia.kernel.library.Blocks;
import maia.kernel.library.LinearW4A16;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.quant.CostOracle;
import maia.quant.Grid;
import maia.quant.Quantizer;
import maia.sim.Options;
import maia.tensor.Tensor;

/// What quantised linear layers take on the simulated chip: the library's kernel, simulated without
/// values. Results are kept, so a search may ask again.
public final class LayerCost implements CostOracle {
  private static final Options OPTIONS = Options.timingOnly().withTraceLimit(0);
  private static final double SECONDS_PER_HOUR = 3600;

  private final Machine machine;
  private final double dollarsPerHour;
  private final Map<Layer, Cost> known = new ConcurrentHashMap<>();

  private record Layer(
      int rows, int columns, int outputs, ElementType weights, ElementType inputs) {}

  /// Costs on `machine` at a price for an hour of it, which may be 0.
  public LayerCost(Machine machine, double dollarsPerHour) {
    Check.argument(
        dollarsPerHour >= 0, "layer cost: a price of at least 0, was %s", dollarsPerHour);
    this.machine = machine;
    this.dollarsPerHour = dollarsPerHour;
  }

  /// The cost of a layer whose weights and inputs are MX or NVFP4 blocks, or FP8 with binary32
  /// scales, or BF16, which inputs that are not quantised are read as; blocks may meet BF16.
  @Override
  public Cost linear(
      int rows, int columns, int outputs, Quantizer weights, Optional<Quantizer> activations) {
    ElementType w = type(weights);
    ElementType x = activations.map(LayerCost::type).orElse(DType.BF16);
    Check.argument(
        w instanceof BlockFormat == x instanceof BlockFormat || isWidened(w, x),
        "layer cost: the kernels take two scalar types, two block formats, or weights in blocks with bf16 inputs, got inputs %s and weights %s; quantise both",
        x.label(),
        w.label());
    return known.computeIfAbsent(new Layer(rows, columns, outputs, w, x), this::simulated);
  }

  /// Whether the kernel that widens weights on the way takes them.
  private static boolean isWidened(ElementType w, ElementType x) {
    return w instanceof BlockFormat && x == DType.BF16;
  }

  private Cost simulated(Layer layer) {
    if (isWidened(layer.weights(), layer.inputs())) {
      return widened(layer);
    }
    Tensor x = Tensor.meta(layer.inputs(), layer.rows(), layer.columns());
    Tensor w = Tensor.meta(layer.weights(), layer.outputs(), layer.columns());
    SessionRun run =
        Session.on(machine).with(OPTIONS).run("linear", t -> t.linear(w, DType.F32), x);
    double seconds = run.picoseconds() * 1e-12;
    return new Cost(seconds, run.joules(), seconds * dollarsPerHour / SECONDS_PER_HOUR);
  }

  private Cost widened(Layer layer) {
    var problem =
        new Blocks.Problem(
            layer.rows(),
            layer.outputs(),
            layer.columns(),
            layer.inputs(),
            layer.weights(),
            DType.F32);
    Run run =
        LinearW4A16.over(problem, Activation.NONE, Set.of(), machine)
            .on(new SimulatedLauncher(machine, OPTIONS))
            .timing(
                Tensor.meta(layer.inputs(), layer.rows(), layer.columns()),
                Tensor.meta(layer.weights(), layer.outputs(), layer.columns()),
                Tensor.meta(DType.F32, layer.rows(), layer.outputs()));
    double seconds = run.picoseconds() * 1e-12;
    return new Cost(seconds, run.joules(), seconds * dollarsPerHour / SECONDS_PER_HOUR);
  }

  /// The element type by which the chip stores what a quantizer makes.
  private static ElementType type(Quantizer q) {
    if (q.grid() instanceof Grid.Floats(DType type)) {
      if (q.scale() instanceof Quantizer.Scale.PowerOfTwo) {
        BlockFormat format = new BlockFormat("mx", type, DType.E8M0, 32, false);
        for (BlockFormat known :
            new BlockFormat[] {
              BlockFormat.MXFP8_E4M3,
              BlockFormat.MXFP8_E5M2,
              BlockFormat.MXFP6_E2M3,
              BlockFormat.MXFP6_E3M2,
              BlockFormat.MXFP4
            }) {
          boolean isIt =
              known.element() == format.element()
                  && q.sharing().equals(Quantizer.Sharing.groups(known.block()));
          if (isIt) {
            return known;
          }
        }
      } else if (q.scale() instanceof Quantizer.Scale.TwoLevel
          && q.sharing().equals(Quantizer.Sharing.groups(BlockFormat.NVFP4.block()))) {
        return BlockFormat.NVFP4;
      } else if (type.bits() == 8 && q.scale() instanceof Quantizer.Scale.Symmetric) {
        return type;
      } else if (type == DType.BF16) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "layer cost: the chip has no kernel for %s; MX formats with blocks of 32, NVFP4, FP8 and BF16 have one"
            .formatted(q.label()));
  }
}
