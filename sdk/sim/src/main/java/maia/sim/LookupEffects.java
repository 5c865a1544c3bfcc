package maia.sim;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import maia.npl.Lanes;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import org.jspecify.annotations.Nullable;

/// Gathers, scatters and atomics: their addresses when they begin, their values when they are done.
final class LookupEffects {
  /// Smallest transfer of HBM.
  private static final int BURST_BYTES = 64;

  private record Burst(int array, long number) {}

  private final Simulation sim;
  private final @Nullable Shadow[] shadows;
  private final Map<Burst, Long> owners = new HashMap<>();

  /// How long the owner of a burst is busy with one atomic on it. Assumed: as long as a semaphore
  /// operation across the chip takes, since both ask one owner for something that nothing
  /// interrupts.
  private final long atomicTime;

  LookupEffects(Simulation sim, @Nullable Shadow[] shadows) {
    this.sim = sim;
    this.shadows = shadows;
    this.atomicTime = sim.machine.picoseconds(sim.machine.sync().chipCycles());
  }

  // ---- when it begins

  /// Finds the addresses of an instruction that begins, and what they cost.
  void plan(QueueState queue, Entry entry, Op.Indexed op) {
    int elements = (int) VectorEngine.elements(op.box().extent());
    BoundArray array = sim.binding.arrays[op.lookup().array()];
    if (!sim.computes) {
      timingOnly(entry, op, array, elements);
      return;
    }
    op.lookup().regions().forEach(r -> Effects.read(queue, entry, r));
    int[] box = Effects.view(queue.site, entry, op.box()).extent;
    var operands = new LaneOperands(box, elements);
    boolean[] valid = valid(queue, entry, op.lookup(), operands);
    long[] memory = new long[elements];
    long[] logical = new long[elements];
    Arrays.fill(memory, array.offset);
    long[] rows = new long[array.shape.length];
    long row = 1;
    for (int d = rows.length - 1; d >= 0; d--) {
      rows[d] = row;
      row *= array.shape[d];
    }
    for (int d = 0; d < rows.length; d++) {
      long[] index = index(queue, entry, op.lookup().at()[d], operands, valid);
      for (int i = 0; i < elements; i++) {
        if (valid[i]) {
          inside(entry, array, d, index[i], operands, i, op.lookup().mask() != null);
          memory[i] += index[i] * array.strides[d];
          logical[i] += index[i] * rows[d];
        }
      }
    }
    for (int i = 0; i < elements; i++) {
      memory[i] = valid[i] ? memory[i] : -1;
    }
    entry.lookup = new LookupPlan(memory, logical);
    entry.plan = cost(op, array, memory);
  }

  private static boolean[] valid(
      QueueState queue, Entry entry, Op.LookupRef lookup, LaneOperands operands) {
    boolean[] valid = new boolean[operands.count()];
    Arrays.fill(valid, true);
    if (lookup.mask() != null) {
      long[] mask = operands.longs(Effects.view(queue.site, entry, lookup.mask()));
      for (int i = 0; i < valid.length; i++) {
        valid[i] = mask[i] != 0;
      }
    }
    return valid;
  }

  /// The index of each element; what lies outside the bounds of a run is no longer valid.
  private static long[] index(
      QueueState queue,
      Entry entry,
      Op.CoordinateRef coordinate,
      LaneOperands operands,
      boolean[] valid) {
    return switch (coordinate) {
      case Op.TableRef(var region) -> operands.longs(Effects.view(queue.site, entry, region));
      case Op.RunRef(int at, var axis) -> {
        long start = entry.values[at];
        long[] index = axis.along() < 0 ? new long[operands.count()] : operands.iota(axis.along());
        for (int i = 0; i < index.length; i++) {
          index[i] = start + axis.step() * index[i];
          valid[i] &= axis.low() < 0 || index[i] >= entry.values[axis.low()];
          valid[i] &= axis.high() < 0 || index[i] < entry.values[axis.high()];
        }
        yield index;
      }
    };
  }

  private static void inside(
      Entry entry,
      BoundArray array,
      int dim,
      long index,
      LaneOperands operands,
      int lane,
      boolean isMasked) {
    if (index < 0 || index >= array.shape[dim]) {
      throw new NplException(
          Category.OUT_OF_BOUNDS,
          ("%s: lane %s has index %d in dimension %d of '%s' %s (%s); keep indices inside or mask"
                  + " them off; program %d")
              .formatted(
                  entry.op.info().label(),
                  Arrays.toString(operands.position(lane)),
                  index,
                  dim,
                  array.name(),
                  Arrays.toString(array.shape),
                  isMasked ? "its mask lets it out" : "no mask",
                  entry.program()),
          entry.op.info().origin());
    }
  }

  /// Without values: an index table gives one run per element, or per line of the last dimension
  /// when that one runs along memory.
  private void timingOnly(Entry entry, Op.Indexed op, BoundArray array, int elements) {
    int[] extent = op.box().extent();
    int last = op.lookup().at().length - 1;
    boolean isRun =
        op.lookup().at()[last] instanceof Op.RunRef(_, var axis)
            && axis.along() == extent.length - 1
            && Math.abs(array.strides[last] * axis.step()) == 1;
    int run = isRun && extent.length > 0 ? extent[extent.length - 1] : 1;
    entry.plan = plan(op, array, elements, elements / run);
  }

  private CopyPlan cost(Op.Indexed op, BoundArray array, long[] memory) {
    long valid = 0;
    long runs = 0;
    long bytes = 0;
    long run = 0;
    long before = -2;
    for (long at : memory) {
      if (at < 0) {
        continue;
      }
      valid++;
      if (at != before + 1) {
        bytes += runBytes(array, run);
        runs++;
        run = 0;
      }
      run++;
      before = at;
    }
    bytes += runBytes(array, run);
    return plan(op, valid, runs, bytes);
  }

  private static long runBytes(BoundArray array, long run) {
    return run == 0 ? 0 : Math.max(BURST_BYTES, array.type.bytes(run));
  }

  private CopyPlan plan(Op.Indexed op, BoundArray array, long elements, long runs) {
    return plan(op, elements, runs, runs * runBytes(array, elements / Math.max(1, runs)));
  }

  private CopyPlan plan(Op.Indexed op, long elements, long runs, long bytes) {
    DType type = sim.binding.program.buffers().get(op.box().buffer()).type();
    long chip = op instanceof Op.Gather g ? chipBytes(g) : type.bytes(elements);
    long hbm = op instanceof Op.Atomic ? 2 * bytes : bytes;
    sim.tally.lookup(op, elements);
    return new CopyPlan(
        new int[0], new int[0], hbm, chip, (int) Math.min(Math.max(1, runs), Integer.MAX_VALUE));
  }

  private long chipBytes(Op.Gather g) {
    DType type = sim.binding.program.buffers().get(g.to().buffer()).type();
    return type.bytes(VectorEngine.elements(g.to().extent()));
  }

  /// When an instruction that could be done at `done` is: atomics on one burst take turns.
  long settled(Entry entry, long done) {
    LookupPlan plan = entry.lookup;
    if (!(entry.op instanceof Op.Atomic atomic) || plan == null) {
      return done;
    }
    BoundArray array = sim.binding.arrays[atomic.lookup().array()];
    long end = done;
    for (long at : plan.memory()) {
      if (at >= 0) {
        var burst = new Burst(atomic.lookup().array(), array.type.bytes(at) / BURST_BYTES);
        long free = Math.max(done, owners.getOrDefault(burst, 0L)) + atomicTime;
        owners.put(burst, free);
        end = Math.max(end, free);
      }
    }
    return end;
  }

  // ---- when it is done

  void apply(QueueState queue, Entry entry, Op.Indexed op) {
    LookupPlan plan = Objects.requireNonNull(entry.lookup);
    BoundArray array = sim.binding.arrays[op.lookup().array()];
    Shadow shadow = shadows[op.lookup().array()];
    int access = shadow == null ? 0 : shadow.begin(queue, entry);
    switch (op) {
      case Op.Gather g -> {
        View to = Effects.write(queue, entry, g.to(), false);
        if (shadow != null) {
          each(plan, at -> shadow.read(access, (int) at, 1, 1));
        }
        gather(array, plan, to, g.fill());
      }
      case Op.Scatter s -> {
        View from = Effects.read(queue, entry, s.from());
        if (shadow != null) {
          each(plan, at -> shadow.write(access, (int) at, 1, 1));
        }
        scatter(array, plan, from);
      }
      case Op.Atomic a -> {
        if (shadow != null) {
          each(plan, at -> shadow.atomic(access, (int) at));
        }
        atomic(queue, entry, a, array, plan);
      }
    }
  }

  private interface Element {
    void at(long logical);
  }

  private static void each(LookupPlan plan, Element element) {
    for (int i = 0; i < plan.memory().length; i++) {
      if (plan.memory()[i] >= 0) {
        element.at(plan.logical()[i]);
      }
    }
  }

  private static boolean isFloat(DType type) {
    return Lanes.Kind.of(type) == Lanes.Kind.FLOAT;
  }

  private static void gather(BoundArray array, LookupPlan plan, View to, float fill) {
    int count = plan.memory().length;
    if (isFloat(array.type)) {
      Codec codec = Codec.of(array.type);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        if (plan.memory()[i] >= 0) {
          codec.decode(array.segment, plan.memory()[i], 1, 1, values, i);
        } else {
          values[i] = codec.round(fill);
        }
      }
      if (to.slot.type != DType.F32 && to.slot.type != array.type) {
        Codec.of(to.slot.type).round(values, 0, count);
      }
      to.put(values);
      return;
    }
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      long at = plan.memory()[i];
      values[i] =
          at >= 0
              ? Integers.saturate(to.slot.type, Integers.get(array.type, array.segment, at))
              : Integers.round(to.slot.type, fill);
    }
    to.put(values);
  }

  private static void scatter(BoundArray array, LookupPlan plan, View from) {
    boolean isFloat = isFloat(array.type);
    Codec codec = Codec.of(array.type);
    float[] floats = isFloat ? from.floats() : new float[0];
    long[] longs = isFloat ? new long[0] : from.longs();
    for (int i = 0; i < plan.memory().length; i++) {
      long at = plan.memory()[i];
      if (at >= 0 && isFloat) {
        codec.encode(
            floats, i, 1, array.segment, at, 1, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
      } else if (at >= 0) {
        Integers.set(array.type, array.segment, at, Integers.saturate(array.type, longs[i]));
      }
    }
  }

  private void atomic(
      QueueState queue, Entry entry, Op.Atomic op, BoundArray array, LookupPlan plan) {
    var values = values(Effects.read(queue, entry, op.value()));
    var compare = op.compare() == null ? null : values(Effects.read(queue, entry, op.compare()));
    int count = plan.memory().length;
    boolean isFloat = isFloat(array.type);
    float[] oldFloats = new float[isFloat ? count : 0];
    long[] oldLongs = new long[isFloat ? 0 : count];
    for (int i = 0; i < count; i++) {
      long at = plan.memory()[i];
      if (at < 0) {
        continue;
      }
      boolean writes =
          isFloat
              ? Atomics.floats(op.op(), array, at, values.floats(), floats(compare), oldFloats, i)
              : Atomics.longs(op, array, at, values.longs(), longs(compare), oldLongs, i);
      if (sim.watched && op.synchronises()) {
        handOver(queue, entry, op, plan.logical()[i], writes);
      }
    }
    if (op.old() != null) {
      View old = Effects.write(queue, entry, op.old(), false);
      if (isFloat) {
        old.put(oldFloats);
      } else {
        old.put(oldLongs);
      }
    }
  }

  private void handOver(QueueState queue, Entry entry, Op.Atomic op, long element, boolean writes) {
    if (op.old() != null) {
      sim.handovers.find(op.lookup().array(), element, entry);
    }
    if (writes) {
      sim.handovers.leave(op.lookup().array(), element, queue, entry);
    }
  }

  private static LaneEval.Values values(View v) {
    return isFloat(v.slot.type) ? LaneEval.Values.of(v.floats()) : LaneEval.Values.of(v.longs());
  }

  private static float[] floats(LaneEval.@Nullable Values x) {
    return x == null ? LaneEval.Values.NO_FLOATS : x.floats();
  }

  private static long[] longs(LaneEval.@Nullable Values x) {
    return x == null ? LaneEval.Values.NO_LONGS : x.longs();
  }
}
