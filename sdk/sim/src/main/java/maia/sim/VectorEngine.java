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
    long cycles = VectorEngine.elements(entry.box) == 0 ? 0 : cycles(entry);
    long busy = sim.machine.picoseconds(cycles);
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.vector(flops(entry), now, now + busy);
    queue.finishAt(entry, now + busy);
  }

  private long cycles(Entry entry) {
    long elements = elements(entry.box);
    return switch (entry.op) {
      case Op.Map m -> cycles(elements, m.flops(), m.bits());
      case Op.Reduce r -> {
        int lanes = sim.machine.tvp().lanes(r.bits());
        int tree = 32 - Integer.numberOfLeadingZeros(Math.min(entry.box[r.axis()], lanes) - 1);
        yield cycles(elements, r.flops(), r.bits()) + tree;
      }
      case Op.Quantize _ -> cycles(elements, QUANTIZE_FLOPS, 32);
      case Op.Sync _, Op.Load _, Op.Store _, Op.Move _, Op.Product _ ->
          throw new IllegalStateException("bug in VectorEngine: got " + entry.op);
    };
  }

  private long cycles(long elements, int flops, int bits) {
    return sim.machine.tvp().cycles(elements, flops, bits);
  }

  static long flops(Entry entry) {
    return switch (entry.op) {
      case Op.Map m -> elements(entry.box) * m.flops();
      case Op.Reduce r -> elements(entry.box) * r.flops();
      case Op.Quantize _ -> elements(entry.box) * QUANTIZE_FLOPS;
      case Op.Product _ -> TensorEngine.flops(entry);
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
