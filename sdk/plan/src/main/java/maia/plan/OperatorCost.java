package maia.plan;

import maia.machine.Machine;

/// What an operator takes on a chip: a pure function, so results may be kept.
@FunctionalInterface
public interface OperatorCost {
  /// The estimate for `operator` in `precision` on `chip`; throws [IllegalArgumentException] when
  /// the chip does not take the precision.
  OperatorEstimate estimate(Operator operator, Precision precision, Machine chip);
}
