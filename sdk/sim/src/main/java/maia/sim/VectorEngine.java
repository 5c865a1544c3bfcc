package maia.sim;

/// The vector processor. An instruction takes the start latency, then a cycle per lane group or
/// what its operations take ([maia.machine.VectorUnit#cycles]); reductions add a tree over the
/// lanes.
final class VectorEngine implements Unit {
  /// Operations per element of a block quantisation: magnitude, maximum, scale, product, rounding.
  private static final int QUANTIZE_FLOPS = 5;

  private final Simulation sim;
  private final QueueState queue;

  VectorEngine(Simulation sim, QueueState queue) {
    this.sim = sim;
    this.queue = queue;
  }

  @Override
  public String kind() {
    return "tvp";
  }

  @Override
  public void begin(Entry entry, long now) {
    long cycles = cycles(entry.op);
    long busy = sim.machine.picoseconds(cycles);
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.vector(flops(entry.op), now, now + busy);
    queue.finishAt(entry, now + busy);
  }

  private long cycles(Op op) {
    return switch (op) {
      case Op.Map m -> cycles(elements(m.out().extent()), m.flops(), m.bits());
      case Op.Reduce r -> {
        int lanes = sim.machine.tvp().lanes(r.bits());
        int tree = 32 - Integer.numberOfLeadingZeros(Math.min(r.extent()[r.axis()], lanes) - 1);
        yield cycles(elements(r.extent()), r.flops(), r.bits()) + tree;
      }
      case Op.Quantize q -> cycles(elements(q.in().extent()), QUANTIZE_FLOPS, 32);
      case Op.Sync _, Op.Load _, Op.Store _, Op.Move _, Op.Product _ ->
          throw new IllegalStateException("bug in VectorEngine: got " + op);
    };
  }

  private long cycles(long elements, int flops, int bits) {
    return sim.machine.tvp().cycles(elements, flops, bits);
  }

  static long flops(Op op) {
    return switch (op) {
      case Op.Map m -> elements(m.out().extent()) * m.flops();
      case Op.Reduce r -> elements(r.extent()) * r.flops();
      case Op.Quantize q -> elements(q.in().extent()) * QUANTIZE_FLOPS;
      case Op.Product p -> TensorEngine.flops(p);
      case Op.Sync _, Op.Load _, Op.Store _, Op.Move _ -> 0;
    };
  }

  static long elements(int[] extent) {
    long count = 1;
    for (int size : extent) {
      count *= size;
    }
    return count;
  }
}
