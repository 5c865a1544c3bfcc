package maia.plan;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import maia.machine.Machine;

/// Remembers what another cost said: layers of a model repeat, and sweeps meet the same shapes
/// again. Safe for several threads.
public final class KeptCost implements OperatorCost {
  private record Key(Operator operator, Precision precision, Machine chip) {}

  private final OperatorCost inner;
  private final Map<Key, OperatorEstimate> known = new ConcurrentHashMap<>();
  private final AtomicLong asked = new AtomicLong();

  /// A memory of what `inner` says; it must be a pure function.
  public KeptCost(OperatorCost inner) {
    this.inner = inner;
  }

  /// The simulator, which samples what repeats itself, with a memory.
  public static KeptCost simulated() {
    return simulated(Extent.SAMPLED);
  }

  /// The simulator of so much, with a memory.
  public static KeptCost simulated(Extent extent) {
    return new KeptCost(new SimulatedCost(extent));
  }

  @Override
  public OperatorEstimate estimate(Operator operator, Precision precision, Machine chip) {
    asked.incrementAndGet();
    return known.computeIfAbsent(
        new Key(operator, precision, chip), _ -> inner.estimate(operator, precision, chip));
  }

  /// How many estimates were made, of those asked for: the rest was remembered.
  @Override
  public String toString() {
    return "%d of %d estimates made anew".formatted(known.size(), asked.get());
  }
}
