package maia.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/// The semaphore counts a queue took since its last signal: what it needed before it could write.
///
/// @param taken counts by semaphore
record Transaction(Map<Sem, Integer> taken) {
  static final Transaction NONE = new Transaction(Map.of());

  Transaction plus(Sem sem, int count) {
    var more = new LinkedHashMap<>(taken);
    more.merge(sem, count, Integer::sum);
    return new Transaction(more);
  }

  // identity, not content: two transactions that took the same counts are two transactions
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
