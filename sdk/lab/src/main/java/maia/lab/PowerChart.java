package maia.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Rich;
import maia.sim.PowerSample;
import maia.sim.RunRecord;

/// Power over the time of a run, against what the chip is built for.
///
/// @param title the heading
/// @param samples mean power of intervals, in order
/// @param limitWatts the thermal design power
public record PowerChart(String title, List<PowerSample> samples, double limitWatts)
    implements Rich {
  private static final int LEFT = 60;
  private static final int TOP = 40;
  private static final int HIGH = 150;
  private static final int STEP_WATTS = 250;

  public PowerChart {
    samples = List.copyOf(samples);
  }

  /// The power of a run.
  public static PowerChart of(RunRecord run) {
    return new PowerChart(
        "power of " + run.program(), run.power(), run.machine().energy().thermalDesignWatts());
  }

  private double most() {
    return Math.max(limitWatts, samples.stream().mapToDouble(PowerSample::watts).max().orElse(0));
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + HIGH + 46);
    double wide = drawing.width() - LEFT - 20.0;
    double top = most() * 1.08;
    long end = samples.isEmpty() ? 1 : samples.getLast().endPicoseconds();
    drawing.title(title);
    for (int watts = 0; watts < top; watts += STEP_WATTS) {
      double y = TOP + HIGH - HIGH * watts / top;
      drawing.line(LEFT, y, LEFT + wide, y, Palette.GRID);
      drawing.word(LEFT - 8, y + 4, String.valueOf(watts), Drawing.Anchor.END);
    }
    for (double tick : Figures.ticks(end * 1e-6)) {
      double x = LEFT + wide * tick / (end * 1e-6);
      drawing.word(x, TOP + HIGH + 18, Figures.tick(tick), Drawing.Anchor.MIDDLE);
    }
    drawing.word(
        LEFT + wide / 2, TOP + HIGH + 36, "watts over simulated time in us", Drawing.Anchor.MIDDLE);
    double limit = TOP + HIGH - HIGH * limitWatts / top;
    drawing.path(
        new double[] {LEFT, LEFT + wide},
        new double[] {limit, limit},
        Palette.series()[3],
        2,
        true);
    String name = String.format(Locale.ROOT, "%.0f W, the chip's limit", limitWatts);
    drawing.word(
        LEFT + wide - 4, limit - 5, name, Drawing.Anchor.END, 12, Palette.series()[3], false);
    steps(drawing, wide, top, end);
    return drawing;
  }

  private void steps(Drawing drawing, double wide, double top, long end) {
    List<Double> xs = new ArrayList<>();
    List<Double> ys = new ArrayList<>();
    for (PowerSample s : samples) {
      double y = TOP + HIGH - HIGH * s.watts() / top;
      xs.add(LEFT + wide * s.startPicoseconds() / end);
      ys.add(y);
      xs.add(LEFT + wide * s.endPicoseconds() / end);
      ys.add(y);
    }
    if (!xs.isEmpty()) {
      drawing.path(
          xs.stream().mapToDouble(Double::doubleValue).toArray(),
          ys.stream().mapToDouble(Double::doubleValue).toArray(),
          Palette.series()[0],
          2,
          false);
    }
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// Mean and greatest power, and the limit.
  @Override
  public String toString() {
    double joules = samples.stream().mapToDouble(PowerSample::joules).sum();
    double seconds = samples.isEmpty() ? 0 : samples.getLast().endPicoseconds() * 1e-12;
    double greatest = samples.stream().mapToDouble(PowerSample::watts).max().orElse(0);
    return String.format(
        Locale.ROOT,
        "%s: mean %.1f W, at most %.1f W, limit %.0f W",
        title,
        seconds == 0 ? 0 : joules / seconds,
        greatest,
        limitWatts);
  }
}
