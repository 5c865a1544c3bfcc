package maia.sim;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
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
  private final Map<Op, List<Op.RegionRef>> regions = new IdentityHashMap<>();

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
    busy += queue.site.banks.begin(queue, entry, uses(entry), now, busy);
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.vector(queue.site.share(flops(entry)), now, now + busy);
    queue.finishAt(entry, now + busy);
  }

  /// Operands are read and results written once.
  private List<Banks.Use> uses(Entry entry) {
    List<Op.RegionRef> regions = this.regions.get(entry.op);
    if (regions == null) {
      regions = entry.op.regions().toList();
      this.regions.put(entry.op, regions);
    }
    var uses = new ArrayList<Banks.Use>(regions.size());
    for (Op.RegionRef region : regions) {
      uses.add(new Banks.Use(region, sim.binding.bytes(entry, region)));
    }
    return uses;
  }

  private long cycles(Entry entry) {
    long elements = elements(entry.box);
    return switch (entry.op) {
      case Op.Map m -> cycles(elements, m.flops(), m.bits()) + picks(m.picks(), elements);
      case Op.Reduce r -> {
        int lanes = sim.machine.tvp().lanes(r.bits());
        int tree = 32 - Integer.numberOfLeadingZeros(Math.min(entry.box[r.axis()], lanes) - 1);
        yield cycles(elements, r.flops(), r.bits()) + tree + picks(r.picks(), elements);
      }
      case Op.Quantize _ -> cycles(elements, QUANTIZE_FLOPS, 32);
      case Op.Product _ ->
          VectorTime.product(sim.machine.tvp(), entry.box[0], entry.box[1], entry.box[2]);
      case Op.Fold f -> {
        int length = f.extent()[f.axis()];
        yield cycles(f.cost(), elements)
            + VectorTime.fold(
                sim.machine.tvp(), elements / length, length, f.combineFlops(), f.cost().bits());
      }
      case Op.Sort s -> {
        int length = s.extent()[s.axis()];
        yield cycles(s.cost(), elements)
            + VectorTime.sort(sim.machine.tvp(), elements / length, length, s.cost().bits());
      }
      case Op.Histogram h ->
          cycles(h.cost(), elements)
              + VectorTime.histogram(sim.machine.tvp(), elements, elements(h.out().extent()));
      case Op.Show _, Op.Verify _ -> 0;
      case Op.Sync _, Op.Load _, Op.Store _, Op.Move _, Op.Fetch _, Op.Indexed _ ->
          throw new IllegalStateException("bug in VectorEngine: got " + entry.op);
    };
  }

  private long cycles(Op.LaneCost cost, long elements) {
    return cycles(elements, cost.flops(), cost.bits()) + picks(cost.picks(), elements);
  }

  /// One pass of the reshape lanes for every box that is read by index.
  private long picks(List<Op.RegionRef> picks, long elements) {
    sim.tally.picked += queue.site.share(elements * picks.size());
    List<DType> types =
        picks.stream().map(r -> sim.binding.program.buffers().get(r.buffer()).type()).toList();
    return VectorTime.picks(sim.machine.tvp(), types, elements);
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
      case Op.Fold f -> elements(entry.box) * (f.cost().flops() + f.combineFlops());
      case Op.Sort s -> elements(entry.box) * s.cost().flops();
      case Op.Histogram h -> elements(entry.box) * h.cost().flops();
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
