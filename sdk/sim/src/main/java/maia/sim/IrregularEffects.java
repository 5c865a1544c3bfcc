package maia.sim;

import java.util.Arrays;
import java.util.List;
import maia.base.Stop;
import maia.npl.Instr;
import maia.npl.Lanes;
import maia.npl.NplException;
import maia.npl.NplException.Category;

/// Values of folds, sorts, histograms, prints and assertions.
final class IrregularEffects {
  private final Simulation sim;
  private final LookupEffects lookups;

  IrregularEffects(Simulation sim, LookupEffects lookups) {
    this.sim = sim;
    this.lookups = lookups;
  }

  void apply(QueueState queue, Entry entry, Op.Irregular op) {
    if (!(op instanceof Op.Indexed)) {
      op.inputs().forEach(r -> Effects.read(queue, entry, r));
    }
    switch (op) {
      case Op.Fold f -> fold(queue, entry, f);
      case Op.Sort s -> sort(queue, entry, s);
      case Op.Histogram h -> histogram(queue, entry, h);
      case Op.Show s -> show(queue, entry, s);
      case Op.Verify v -> verify(queue, entry, v);
      case Op.Indexed i -> lookups.apply(queue, entry, i);
    }
  }

  private static void put(QueueState queue, Entry entry, Op.RegionRef r, LaneEval.Values values) {
    View out = Effects.write(queue, entry, r, false);
    if (Lanes.Kind.of(out.slot.type) == Lanes.Kind.FLOAT) {
      Effects.put(out, values.floats(), queue.sim.findings, entry);
    } else {
      Effects.put(out, values.longs(), entry);
    }
  }

  // ---- fold

  /// The lines of a box along one axis.
  private record Lines(int length, int inner, int count) {
    static Lines of(int[] extent, int axis) {
      int inner = 1;
      for (int d = axis + 1; d < extent.length; d++) {
        inner *= extent[d];
      }
      int elements = (int) VectorEngine.elements(extent);
      return new Lines(extent[axis], inner, elements / extent[axis]);
    }

    /// Where position `step` of line `line` lies.
    int at(int line, int step) {
      return line / inner * inner * length + step * inner + line % inner;
    }
  }

  private static void fold(QueueState queue, Entry entry, Op.Fold op) {
    var eval = new LaneEval(queue, entry, op.extent());
    Lines lines = Lines.of(op.extent(), op.axis());
    int width = op.values().size();
    var in = new LaneEval.Values[width];
    for (int i = 0; i < width; i++) {
      in[i] = eval.values(op.values().get(i));
    }
    boolean isScan = op.kind() == Instr.FoldKind.SCAN;
    var out = new LaneEval.Values[width];
    var operands = new LaneEval.Values[2 * width];
    for (int i = 0; i < width; i++) {
      if (isScan) {
        out[i] = copy(in[i]);
      }
      operands[i] = step(in[i], lines, op.isReverse() ? lines.length() - 1 : 0);
    }
    for (int n = 1; n < lines.length(); n++) {
      Stop.poll("simulation");
      int step = op.isReverse() ? lines.length() - 1 - n : n;
      for (int i = 0; i < width; i++) {
        operands[width + i] = step(in[i], lines, step);
      }
      var combiner = new LaneEval(queue, entry, new int[] {lines.count()}, operands);
      var next = new LaneEval.Values[width];
      for (int i = 0; i < width; i++) {
        next[i] = combiner.values(op.combine().get(i));
      }
      System.arraycopy(next, 0, operands, 0, width);
      if (isScan) {
        for (int i = 0; i < width; i++) {
          scatter(next[i], out[i], lines, step);
        }
      }
    }
    for (int i = 0; i < width; i++) {
      put(queue, entry, op.outs().get(i), isScan ? out[i] : operands[i]);
    }
  }

  private static LaneEval.Values copy(LaneEval.Values x) {
    return new LaneEval.Values(x.floats().clone(), x.longs().clone());
  }

  /// Position `step` of every line.
  private static LaneEval.Values step(LaneEval.Values x, Lines lines, int step) {
    if (x.floats().length > 0) {
      float[] out = new float[lines.count()];
      for (int line = 0; line < out.length; line++) {
        out[line] = x.floats()[lines.at(line, step)];
      }
      return LaneEval.Values.of(out);
    }
    long[] out = new long[lines.count()];
    for (int line = 0; line < out.length; line++) {
      out[line] = x.longs()[lines.at(line, step)];
    }
    return LaneEval.Values.of(out);
  }

  private static void scatter(LaneEval.Values from, LaneEval.Values to, Lines lines, int step) {
    for (int line = 0; line < lines.count(); line++) {
      int at = lines.at(line, step);
      if (from.floats().length > 0) {
        to.floats()[at] = from.floats()[line];
      } else {
        to.longs()[at] = from.longs()[line];
      }
    }
  }

  // ---- sort and histogram

  private static void sort(QueueState queue, Entry entry, Op.Sort op) {
    var eval = new LaneEval(queue, entry, op.extent());
    LaneEval.Values in = eval.values(op.value());
    Lines lines = Lines.of(op.extent(), op.axis());
    for (int line = 0; line < lines.count(); line++) {
      if (in.floats().length > 0) {
        float[] sorted = new float[lines.length()];
        for (int i = 0; i < sorted.length; i++) {
          sorted[i] = in.floats()[lines.at(line, i)];
        }
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
          int from = op.isDescending() ? sorted.length - 1 - i : i;
          in.floats()[lines.at(line, i)] = sorted[from];
        }
      } else {
        long[] sorted = new long[lines.length()];
        for (int i = 0; i < sorted.length; i++) {
          sorted[i] = in.longs()[lines.at(line, i)];
        }
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
          int from = op.isDescending() ? sorted.length - 1 - i : i;
          in.longs()[lines.at(line, i)] = sorted[from];
        }
      }
    }
    put(queue, entry, op.out(), in);
  }

  private static void histogram(QueueState queue, Entry entry, Op.Histogram op) {
    var eval = new LaneEval(queue, entry, op.extent());
    long[] in = eval.longs(op.value());
    long[] mask = op.mask() == null ? new long[0] : eval.longs(op.mask());
    long[] counts = new long[(int) VectorEngine.elements(op.out().extent())];
    for (int i = 0; i < in.length; i++) {
      if (mask.length > 0 && mask[i] == 0) {
        continue;
      }
      if (in[i] < 0 || in[i] >= counts.length) {
        throw new NplException(
            Category.OUT_OF_BOUNDS,
            "%s: lane %s counts %d, there are %d bins; mask it or use more bins; program %d"
                .formatted(
                    op.info().label(),
                    Arrays.toString(new LaneOperands(op.extent(), in.length).position(i)),
                    in[i],
                    counts.length,
                    entry.program()),
            op.info().origin());
      }
      counts[(int) in[i]]++;
    }
    put(queue, entry, op.out(), LaneEval.Values.of(counts));
  }

  // ---- prints and assertions

  private void show(QueueState queue, Entry entry, Op.Show op) {
    var values = new LaneEval(queue, entry, op.extent()).values(op.value());
    if (values.floats().length > 0) {
      sim.findings.print(
          entry.program(), op.title(), op.extent(), op.info().origin(), values.floats());
    } else {
      sim.findings.print(
          entry.program(), op.title(), op.extent(), op.info().origin(), values.longs());
    }
  }

  private static void verify(QueueState queue, Entry entry, Op.Verify op) {
    long[] holds = new LaneEval(queue, entry, op.extent()).longs(op.condition());
    for (int i = 0; i < holds.length; i++) {
      if (holds[i] == 0) {
        String where =
            "does not hold in program %d at lane %s"
                .formatted(
                    entry.program(),
                    Arrays.toString(new LaneOperands(op.extent(), holds.length).position(i)));
        String message =
            op.message() == null
                ? "assume: the condition %s; drop the promise or keep it".formatted(where)
                : "assert: %s: the condition %s".formatted(op.message(), where);
        throw new NplException(Category.ASSERTION, message, op.info().origin());
      }
    }
  }

  /// The value a register gets.
  static long fetched(QueueState queue, Entry entry, Op.Fetch op) {
    View v = Effects.read(queue, entry, op.from());
    return v.slot.longs[v.offset];
  }

  static List<Op.RegionRef> regions(Op.Irregular op) {
    var all = new java.util.ArrayList<>(op.inputs());
    all.addAll(op.outputs());
    return all;
  }
}
