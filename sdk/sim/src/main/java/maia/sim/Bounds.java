package maia.sim;

import java.util.Arrays;
import java.util.StringJoiner;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;

/// Checks slots, boxes and windows of an instruction when it is issued, and plans copies.
final class Bounds {
  /// Smallest transfer of HBM.
  private static final int BURST_BYTES = 64;

  /// Dimensions one DMA descriptor can stride over.
  private static final int DESCRIPTOR_DIMENSIONS = 3;

  private final Binding binding;
  private final Fit fit;

  /// Sizes by buffer.
  private final int[][] shapes;

  Bounds(Binding binding) {
    this.binding = binding;
    this.fit = new Fit(binding);
    this.shapes =
        binding.program.buffers().stream()
            .map(b -> b.shape().stream().mapToInt(Integer::intValue).toArray())
            .toArray(int[][]::new);
  }

  void check(Entry e, Site site) {
    Homes.check(e, site);
    e.box = fit.box(e);
    switch (e.op) {
      case Op.Sync _ -> {}
      case Op.Load load -> {
        region(e, load.to());
        e.plan = plan(e, load.from(), load.to(), true);
      }
      case Op.Store store -> {
        region(e, store.from());
        e.plan = plan(e, store.to(), store.from(), false);
      }
      case Op.Move move -> {
        region(e, move.from());
        region(e, move.to());
        e.plan = new CopyPlan(new int[0], new int[0], 0, bytes(e, move.to()), 1);
      }
      case Op.Fetch f -> region(e, f.from());
      case Op.Irregular i -> IrregularEffects.regions(i).forEach(r -> region(e, r));
      case Op.Product p -> {
        region(e, p.acc());
        region(e, p.a());
        region(e, p.b());
        if (p.aScale() != null && p.bScale() != null) {
          region(e, p.aScale());
          region(e, p.bScale());
        }
      }
      case Op.Map m -> {
        region(e, m.out());
        m.inputs().forEach(r -> region(e, r));
        m.picks().forEach(r -> region(e, r));
      }
      case Op.Reduce r -> {
        region(e, r.out());
        r.inputs().forEach(in -> region(e, in));
        r.picks().forEach(in -> region(e, in));
      }
      case Op.Quantize q -> {
        region(e, q.elements());
        region(e, q.scales());
        region(e, q.in());
      }
    }
  }

  private void region(Entry e, Op.RegionRef r) {
    Program.Buffer buffer = binding.program.buffers().get(r.buffer());
    long slot = e.values[r.at()];
    if (slot < 0 || slot >= buffer.slots()) {
      throw outside(
          e,
          "%s: slot %d of buffer '%s', it has %d"
              .formatted(e.op.info().label(), slot, buffer.name(), buffer.slots()));
    }
    int[] extent = e.extent(r);
    if (VectorEngine.elements(extent) == 0) {
      return;
    }
    for (int d = 0; d < extent.length; d++) {
      long start = e.values[r.at() + 1 + d];
      if (start < 0 || start + extent[d] > shapes[r.buffer()][d]) {
        throw outside(
            e,
            "%s: box [%d:%d] in dimension %d is outside buffer '%s' %s"
                .formatted(
                    e.op.info().label(),
                    start,
                    start + extent[d],
                    d,
                    buffer.name(),
                    buffer.shape()));
      }
    }
  }

  private static NplException outside(Entry e, String message) {
    return new NplException(
        Category.OUT_OF_BOUNDS, message + "; program " + e.program(), e.op.info().origin());
  }

  private CopyPlan plan(Entry e, Op.WindowRef w, Op.RegionRef region, boolean isLoad) {
    BoundArray array = binding.arrays[w.array()];
    int rank = w.axes().length;
    int[] box = e.shape(region);
    int[] low = new int[rank];
    int[] high = new int[rank];
    long valid = 1;
    for (int d = 0; d < rank; d++) {
      Op.AxisRef axis = w.axes()[d];
      long start = e.values[w.at() + d];
      low[d] = axis.low() < 0 ? 0 : firstAtLeast(axis, start, e.values[axis.low()]);
      high[d] = axis.high() < 0 ? axis.extent() : firstAtLeast(axis, start, e.values[axis.high()]);
      if (axis.step() <= 0) {
        unstepped(axis, start, e, low, high, d);
      }
      if (axis.along() >= 0) {
        high[d] = Math.min(high[d], box[axis.along()]);
      }
      high[d] = Math.max(low[d], high[d]);
      valid *= high[d] - low[d];
    }
    if (VectorEngine.elements(box) == 0) {
      valid = 0;
    }
    if (valid > 0) {
      inside(e, w, array, low, high);
    }
    CopyPlan likely = e.likely;
    if (likely != null && Arrays.equals(low, likely.low()) && Arrays.equals(high, likely.high())) {
      return likely; // of the same sizes
    }
    long chip = isLoad ? bytes(e, region) : bits(region, valid);
    return new CopyPlan(
        low, high, hbmBytes(w, array, low, high, valid), chip, descriptors(low, high));
  }

  /// The first of the axis' indices that is at least `bound`, as a count of steps.
  private static int firstAtLeast(Op.AxisRef axis, long start, long bound) {
    if (axis.step() <= 0) {
      return 0;
    }
    long steps = axis.step() == 1 ? bound - start : Math.ceilDiv(bound - start, axis.step());
    return (int) Math.max(0, Math.min(axis.extent(), steps));
  }

  /// A step that does not ascend: what is inside the bounds is found one by one.
  private static void unstepped(
      Op.AxisRef axis, long start, Entry e, int[] low, int[] high, int d) {
    long least = axis.low() < 0 ? Long.MIN_VALUE : e.values[axis.low()];
    long limit = axis.high() < 0 ? Long.MAX_VALUE : e.values[axis.high()];
    int first = 0;
    while (first < axis.extent() && start + axis.step() * first >= limit) {
      first++;
    }
    int end = first;
    while (end < axis.extent() && start + axis.step() * end >= least) {
      end++;
    }
    low[d] = first;
    high[d] = end;
  }

  private void inside(Entry e, Op.WindowRef w, BoundArray array, int[] low, int[] high) {
    for (int d = 0; d < low.length; d++) {
      long start = e.values[w.at() + d];
      long first = start + w.axes()[d].step() * low[d];
      long last = start + w.axes()[d].step() * (high[d] - 1L);
      if (Math.min(first, last) < 0 || Math.max(first, last) >= array.shape[d]) {
        var window = new StringJoiner(", ", "[", "]");
        for (int i = 0; i < low.length; i++) {
          long from = e.values[w.at() + i];
          window.add(
              (from + w.axes()[i].step() * low[i])
                  + ":"
                  + (from + w.axes()[i].step() * (high[i] - 1L) + 1));
        }
        boolean masked = w.axes()[d].low() >= 0 || w.axes()[d].high() >= 0;
        throw outside(
            e,
            "%s: window %s is outside '%s' %s in dimension %d (%s); move it inside or mask it"
                .formatted(
                    e.op.info().label(),
                    window,
                    array.name(),
                    Arrays.toString(array.shape),
                    d,
                    masked ? "its mask lets it out" : "no mask"));
      }
    }
  }

  private long bytes(Entry e, Op.RegionRef r) {
    return bits(r, VectorEngine.elements(e.extent(r)));
  }

  private long bits(Op.RegionRef r, long elements) {
    return binding.program.buffers().get(r.buffer()).type().bytes(elements);
  }

  /// Bytes of the rows that lie together in memory, each at least one burst.
  private static long hbmBytes(
      Op.WindowRef w, BoundArray array, int[] low, int[] high, long valid) {
    if (valid == 0) {
      return 0;
    }
    long run = 1;
    boolean grows = true;
    while (grows) {
      grows = false;
      for (int d = low.length - 1; d >= 0; d--) {
        int count = high[d] - low[d];
        if (count > 1 && Math.abs(array.strides[d] * w.axes()[d].step()) == run) {
          run *= count;
          grows = true;
          break;
        }
      }
    }
    long rows = Math.max(1, valid / run);
    return rows * Math.max(BURST_BYTES, array.type.bytes(run));
  }

  private static int descriptors(int[] low, int[] high) {
    int dimensions = 0;
    long count = 1;
    for (int d = low.length - 1; d >= 0; d--) {
      int size = high[d] - low[d];
      if (size > 1 && ++dimensions > DESCRIPTOR_DIMENSIONS) {
        count *= size;
      }
    }
    return (int) Math.min(count, Integer.MAX_VALUE);
  }
}
