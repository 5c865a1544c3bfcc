package maia.sim;

/// Counts transfers and data-dependent work.
final class Tally {
  long copies;
  long gathers;
  long gathered;
  long atomics;
  long descriptors;
  long picked;

  /// An engine begins an instruction.
  void begin(Entry entry) {
    if (entry.op instanceof Op.Load
        || entry.op instanceof Op.Store
        || entry.op instanceof Op.Move) {
      copies++;
    }
    CopyPlan plan = entry.plan;
    descriptors += plan == null ? 0 : plan.descriptors();
  }

  /// An indexed DMA over so many elements that are not masked off.
  void lookup(Op.Indexed op, long elements) {
    switch (op) {
      case Op.Gather _, Op.Scatter _ -> {
        gathers++;
        gathered += elements;
      }
      case Op.Atomic _ -> atomics += elements;
    }
  }
}
