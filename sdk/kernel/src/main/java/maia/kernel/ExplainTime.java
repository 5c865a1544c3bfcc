package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import maia.kernel.Explanation.Section;
import maia.kernel.Explanation.Sized;
import maia.machine.Machine;
import maia.npl.Estimate;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program;
import maia.numerics.DType;

/// The parts of an explanation that need sizes: time, roofline, timeline.
final class ExplainTime {
  private static final int SHOWN = 120;
  private static final int COLUMNS = 72;

  private ExplainTime() {}

  static Section time(Program program, Machine machine, Sized sized) {
    Estimate e = sized.estimate();
    Run run = sized.run();
    double seconds = run.picoseconds() * 1e-12;
    long flops = e.tensorFlops() + e.vectorFlops();
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "kernel time", number("%.3f us, %d cycles", run.picoseconds() * 1e-6, run.cycles())));
    rows.add(List.of("bound by", run.bound()));
    rows.add(List.of("no run can beat", number("%.3f us (%s)", e.picoseconds() * 1e-6, e.bound())));
    rows.add(List.of("energy", number("%.1f uJ", run.joules() * 1e6)));
    rows.add(
        List.of(
            "HBM bytes of the plan",
            number("%d read, %d written", e.hbmReadBytes(), e.hbmWrittenBytes())));
    rows.add(
        List.of("operations", number("%d tensor, %d vector", e.tensorFlops(), e.vectorFlops())));
    double peak = peak(program, machine, e);
    double slope = e.intensity() * machine.hbm().bytesPerSecond();
    rows.add(
        List.of(
            "roofline",
            number(
                "%.1f flop/byte, ridge at %.1f: %s; reaches %.1f of %.1f TFLOP/s attainable",
                e.intensity(),
                peak / machine.hbm().bytesPerSecond(),
                slope < peak ? "under the slope of HBM" : "under the roof of the units",
                flops / seconds * 1e-12,
                Math.min(peak, slope) * 1e-12)));
    return new Section("time at these sizes", List.of("", ""), rows);
  }

  /// The peak of the tensor units for the operands used, of the vector units without tensor work.
  private static double peak(Program program, Machine machine, Estimate estimate) {
    if (estimate.tensorFlops() == 0) {
      return machine.peakVectorFlops();
    }
    for (Program.Queue queue : program.queues()) {
      Optional<DType> type = operand(queue.body(), program);
      if (type.isPresent()) {
        return machine.peakFlops(type.get());
      }
    }
    return machine.peakFlops(DType.BF16);
  }

  private static Optional<DType> operand(List<Instr> body, Program program) {
    for (Instr instr : body) {
      Optional<DType> found = Optional.empty();
      if (instr instanceof Instr.Mma mma) {
        found = type(mma.a(), program);
      } else if (instr instanceof Instr.MmaScaled mma) {
        found = type(mma.a(), program);
      } else if (instr instanceof Instr.Repeat repeat) {
        found = operand(repeat.body(), program);
      } else if (instr instanceof Instr.When when) {
        found = operand(when.then(), program).or(() -> operand(when.otherwise(), program));
      } else if (instr instanceof Instr.While loop) {
        found = operand(loop.body(), program);
      }
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<DType> type(Place.Region region, Program program) {
    return program.buffers().stream()
        .filter(b -> b.name().equals(region.buffer()))
        .map(Program.Buffer::type)
        .findFirst();
  }

  /// The first instructions of the first tile: a row per queue, `#` busy, `+` partly, `.` idle.
  static Section timeline(Run run) {
    List<Activity> all = run.activities();
    int first = all.stream().mapToInt(Activity::tile).min().orElse(0);
    List<Activity> shown = all.stream().filter(a -> a.tile() == first).limit(SHOWN).toList();
    long end = shown.stream().mapToLong(Activity::endPicoseconds).max().orElse(0);
    TreeMap<String, long[]> lanes = new TreeMap<>();
    for (Activity a : shown) {
      long[] busy = lanes.computeIfAbsent(a.queue(), _ -> new long[COLUMNS]);
      spread(busy, a.startPicoseconds(), a.endPicoseconds(), end);
    }
    List<List<String>> rows = new ArrayList<>();
    lanes.forEach((queue, busy) -> rows.add(List.of(queue, bar(busy, end))));
    if (end > 0) {
      rows.add(List.of("", number("0 to %.3f us", end * 1e-6)));
    }
    return new Section("timeline of tile " + first + ", first instructions", List.of("", ""), rows);
  }

  private static void spread(long[] busy, long start, long end, long whole) {
    for (int c = 0; c < COLUMNS; c++) {
      long from = whole * c / COLUMNS;
      long to = whole * (c + 1) / COLUMNS;
      busy[c] += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  }

  private static String bar(long[] busy, long whole) {
    StringBuilder bar = new StringBuilder();
    for (long time : busy) {
      double share = (double) time * COLUMNS / Math.max(1, whole);
      bar.append(share >= 0.5 ? '#' : share > 0.02 ? '+' : '.');
    }
    return bar.toString();
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
