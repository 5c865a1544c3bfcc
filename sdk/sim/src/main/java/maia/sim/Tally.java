package maia.sim;

/// Counts transfers and data-dependent work.
final class Tally {
  double copies;
  long gathers;
  long gathered;
  long atomics;
  double descriptors;
  long picked;

  /// An engine begins an instruction, and so do the engines it stands for, `alike` with its own.
  void begin(Entry entry, double alike) {
    if (entry.op instanceof Op.Load
        || entry.op instanceof Op.Store
        || entry.op instanceof Op.Move) {
      copies += alike;
    }
    CopyPlan plan = entry.plan;
    descriptors += plan == null ? 0 : alike * plan.descriptors();
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
