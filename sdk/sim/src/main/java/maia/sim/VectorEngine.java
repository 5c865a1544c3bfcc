package maia.sim;

import java.util.List;
import maia.npl.VectorTime;
import maia.numerics.DType;

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
      case Op.Map m ->
          cycles(elements(m.out().extent()), m.flops(), m.bits())
              + picks(m.picked(), elements(m.out().extent()));
      case Op.Reduce r -> {
        int lanes = sim.machine.tvp().lanes(r.bits());
        int tree = 32 - Integer.numberOfLeadingZeros(Math.min(r.extent()[r.axis()], lanes) - 1);
        yield cycles(elements(r.extent()), r.flops(), r.bits())
            + tree
            + picks(r.picked(), elements(r.extent()));
      }
      case Op.Quantize q -> cycles(elements(q.in().extent()), QUANTIZE_FLOPS, 32);
      case Op.Product p -> VectorTime.product(sim.machine.tvp(), p.m(), p.n(), p.k());
      case Op.Fold f -> {
        long elements = elements(f.extent());
        int length = f.extent()[f.axis()];
        yield cycles(f.cost(), elements)
            + VectorTime.fold(
                sim.machine.tvp(), elements / length, length, f.combineFlops(), f.cost().bits());
      }
      case Op.Sort s -> {
        long elements = elements(s.extent());
        int length = s.extent()[s.axis()];
        yield cycles(s.cost(), elements)
            + VectorTime.sort(sim.machine.tvp(), elements / length, length, s.cost().bits());
      }
      case Op.Histogram h -> {
        long elements = elements(h.extent());
        long bins = elements(h.out().extent());
        yield cycles(h.cost(), elements) + VectorTime.histogram(sim.machine.tvp(), elements, bins);
      }
      case Op.Show _, Op.Verify _ -> 0;
      case Op.Sync _, Op.Load _, Op.Store _, Op.Move _, Op.Fetch _, Op.Indexed _ ->
          throw new IllegalStateException("bug in VectorEngine: got " + op);
    };
  }

  private long cycles(Op.LaneCost cost, long elements) {
    return cycles(elements, cost.flops(), cost.bits()) + picks(cost.picked(), elements);
  }

  private long picks(List<DType> picked, long elements) {
    if (picked.isEmpty()) {
      return 0;
    }
    sim.tally.picked += elements * picked.size();
    return VectorTime.picks(sim.machine.tvp(), picked, elements);
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
      case Op.Fold f -> elements(f.extent()) * (f.cost().flops() + f.combineFlops());
      case Op.Sort s -> elements(s.extent()) * s.cost().flops();
      case Op.Histogram h -> elements(h.extent()) * h.cost().flops();
      case Op.Show _, Op.Verify _, Op.Fetch _, Op.Indexed _ -> 0;
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
