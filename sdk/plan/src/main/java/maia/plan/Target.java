package maia.plan;

import maia.base.Check;
import maia.machine.Accelerator;
import maia.machine.Accelerator.Width;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.sim.Bound;

/// A chip that a projection can run on.
public sealed interface Target {
  /// The name shown in reports.
  String name();

  /// Bytes that weights, cache and activations share.
  double memoryBytes();

  /// Host overhead of a kernel launch in seconds.
  double launchSeconds();

  /// What an operator takes.
  OperatorEstimate estimate(Operator operator, Precision precision);

  /// Links to other chips.
  CollectiveModel links();

  /// Where the numbers come from, one line.
  String basis();

  /// A chip that is described unit by unit.
  ///
  /// @param machine the chip
  /// @param cost how operators are estimated
  record Described(Machine machine, OperatorCost cost) implements Target {
    @Override
    public String name() {
      return machine.name();
    }

    @Override
    public double memoryBytes() {
      return machine.hbm().bytes();
    }

    @Override
    public double launchSeconds() {
      return machine.control().launchPicoseconds() * 1e-12;
    }

    @Override
    public OperatorEstimate estimate(Operator operator, Precision precision) {
      return cost.estimate(operator, precision, machine);
    }

    @Override
    public CollectiveModel links() {
      return CollectiveModel.MAIA_200;
    }

    @Override
    public String basis() {
      return "%s at %.2f GHz, mechanisms of the chip description"
          .formatted(name(), machine.clockHertz() / 1e9);
    }
  }

  /// A chip of the catalogue, by a roofline with named efficiencies.
  ///
  /// @param chip the chip
  /// @param efficiency what is reached of the peaks
  record Catalogued(Accelerator chip, Efficiency efficiency) implements Target {
    /// Host overhead taken for every catalogued chip: the same as for Maia 200.
    private static final double LAUNCH = 5e-6;

    @Override
    public String name() {
      return chip.name();
    }

    @Override
    public double memoryBytes() {
      return chip.memoryBytes().value();
    }

    @Override
    public double launchSeconds() {
      return LAUNCH;
    }

    @Override
    public OperatorEstimate estimate(Operator op, Precision precision) {
      double bytes =
          switch (op) {
            case Operator.Linear linear -> Roofline.linearBytes(linear, precision);
            case Operator.Attention attention ->
                attention.cacheElements() * Roofline.bytesPerElement(precision.weights());
            case Operator.Pointwise pointwise ->
                pointwise.elements() * Roofline.bytesPerElement(precision.activations());
          };
      double memory = bytes / (chip.bytesPerSecond().value() * efficiency.memory());
      double compute =
          op instanceof Operator.Pointwise
              ? 0
              : op.flops() / (peak(precision) * efficiency.tensor());
      double seconds = Math.max(memory, compute);
      double watts = chip.watts().map(Accelerator.Quantity::value).orElse(Double.NaN);
      return new OperatorEstimate(
          seconds,
          watts * seconds,
          bytes,
          op.flops(),
          compute > memory ? Bound.Kind.TENSOR : Bound.Kind.HBM,
          "catalogue roofline");
    }

    private double peak(Precision precision) {
      Width width = width(Precision.element(precision.activations()));
      Width weights = width(Precision.element(precision.weights()));
      Width wider = width.ordinal() > weights.ordinal() ? width : weights;
      return chip.peak(wider)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "%s takes no %s inputs".formatted(chip.name(), precision)))
          .value();
    }

    private static Width width(DType type) {
      return type.bits() <= 4 ? Width.FP4 : type.bits() <= 8 ? Width.FP8 : Width.BF16;
    }

    @Override
    public CollectiveModel links() {
      double both = chip.linkBytesPerSecond().map(Accelerator.Quantity::value).orElse(64e9);
      return new CollectiveModel(chip.domain(), 1e-6, both / 2, chip.domain(), 4e-6, both / 2);
    }

    @Override
    public String basis() {
      return "%s, catalogue peaks; %s".formatted(name(), efficiency);
    }
  }

  /// What is reached of the peaks.
  ///
  /// @param tensor share of the dense peak
  /// @param memory share of the bandwidth
  record Efficiency(double tensor, double memory) {
    /// 0.6 of the peak in prefill is assumed publicly; 0.8 of the bandwidth is what measured kernel
    /// tables use.
    public static final Efficiency PUBLIC = new Efficiency(0.6, 0.8);

    public Efficiency {
      Check.argument(
          tensor > 0 && tensor <= 1 && memory > 0 && memory <= 1,
          "efficiency: shares above 0 up to 1, were %s and %s",
          tensor,
          memory);
    }

    @Override
    public String toString() {
      return "assumed %.0f %% of peak, %.0f %% of bandwidth".formatted(100 * tensor, 100 * memory);
    }
  }

  /// A described chip, estimated by [AnalyticCost].
  static Target of(Machine machine) {
    return new Described(machine, new AnalyticCost());
  }

  /// A chip of the catalogue with public efficiencies.
  static Target of(Accelerator chip) {
    return new Catalogued(chip, Efficiency.PUBLIC);
  }
}
