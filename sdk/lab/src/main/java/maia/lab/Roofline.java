package maia.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Rich;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.sim.RunRecord;

/// Runs in a roofline: operations per second over operations per HBM byte, both logarithmic, under
/// the slope of HBM and the roof of the units used.
///
/// @param title the heading
/// @param bytesPerSecond the slope
/// @param roofs the peaks
/// @param points the runs
public record Roofline(String title, double bytesPerSecond, List<Roof> roofs, List<Point> points)
    implements Rich {
  private static final int LEFT = 80;
  private static final int TOP = 40;
  private static final int HIGH = 300;

  /// A peak.
  ///
  /// @param name what it is the peak of
  /// @param flopsPerSecond operations per second
  public record Roof(String name, double flopsPerSecond) {}

  /// A run.
  ///
  /// @param name its name
  /// @param intensity operations per HBM byte
  /// @param flopsPerSecond operations per second
  public record Point(String name, double intensity, double flopsPerSecond) {}

  public Roofline {
    roofs = List.copyOf(roofs);
    points = List.copyOf(points);
  }

  /// One run.
  public static Roofline of(RunRecord run) {
    return of(run.machine(), List.of(run));
  }

  /// Runs on one machine; the roofs are the peaks of the units they use. A run without HBM traffic
  /// or operations has no point.
  public static Roofline of(Machine machine, List<RunRecord> runs) {
    List<Roof> roofs = new ArrayList<>();
    for (DType type : DType.values()) {
      boolean used =
          runs.stream().anyMatch(r -> r.counters().tensorFlopsByType().containsKey(type.label()));
      if (used) {
        roofs.add(new Roof("tensor " + type.label(), machine.peakFlops(type)));
      }
    }
    if (roofs.isEmpty() || runs.stream().anyMatch(r -> r.counters().tensorFlops() == 0)) {
      roofs.add(new Roof("vector f32", machine.peakVectorFlops()));
    }
    List<Point> points = new ArrayList<>();
    for (RunRecord run : runs) {
      double flops = run.counters().tensorFlops() + run.counters().vectorFlops();
      double bytes = run.counters().hbmBytes();
      if (flops > 0 && bytes > 0) {
        points.add(new Point(run.program(), flops / bytes, flops / run.seconds()));
      }
    }
    return new Roofline(
        "roofline of " + machine.name(), machine.hbm().bytesPerSecond(), roofs, points);
  }

  /// What the machine allows at an intensity, under the highest roof.
  private double attainable(double intensity) {
    double roof = roofs.stream().mapToDouble(Roof::flopsPerSecond).max().orElse(0);
    return Math.min(roof, intensity * bytesPerSecond);
  }

  // ---- the axes: powers of ten around what is shown

  private double leastX() {
    return Math.min(0.1, points.stream().mapToDouble(Point::intensity).min().orElse(1) / 3);
  }

  private double mostX() {
    double ridge =
        roofs.stream().mapToDouble(r -> r.flopsPerSecond() / bytesPerSecond).max().orElse(1);
    return 10 * Math.max(ridge, points.stream().mapToDouble(Point::intensity).max().orElse(1));
  }

  private double mostY() {
    return 2 * roofs.stream().mapToDouble(Roof::flopsPerSecond).max().orElse(1);
  }

  private double leastY() {
    double lowest = points.stream().mapToDouble(Point::flopsPerSecond).min().orElse(mostY());
    return Math.min(mostY() / 1e4, lowest / 3);
  }

  private double x(double intensity, double wide) {
    return LEFT + wide * Math.log(intensity / leastX()) / Math.log(mostX() / leastX());
  }

  private double y(double flops) {
    double share = Math.log(flops / leastY()) / Math.log(mostY() / leastY());
    return TOP + HIGH - HIGH * Math.max(0, share);
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + HIGH + 48);
    double wide = drawing.width() - LEFT - 24.0;
    drawing.title(title);
    axes(drawing, wide);
    for (Roof roof : roofs) {
      double ridge = roof.flopsPerSecond() / bytesPerSecond;
      double low = Math.max(leastX(), leastY() / bytesPerSecond);
      drawing.path(
          new double[] {x(low, wide), x(ridge, wide), LEFT + wide},
          new double[] {
            y(low * bytesPerSecond), y(roof.flopsPerSecond()), y(roof.flopsPerSecond())
          },
          Palette.series()[0],
          2,
          false);
      String name =
          String.format(
              Locale.ROOT, "%s, %.0f TFLOP/s", roof.name(), roof.flopsPerSecond() * 1e-12);
      drawing.word(
          LEFT + wide - 4,
          y(roof.flopsPerSecond()) - 6,
          name,
          Drawing.Anchor.END,
          12,
          Palette.series()[0],
          false);
    }
    Names names = new Names(LEFT + 4, TOP, LEFT + wide, TOP + HIGH - 2);
    for (Point point : points) {
      double px = x(point.intensity(), wide);
      double py = y(point.flopsPerSecond());
      double roof = y(attainable(point.intensity()));
      drawing.path(new double[] {px, px}, new double[] {py, roof}, Palette.series()[3], 1, true);
      drawing.box(px - 5, py - 5, 10, 10, Palette.series()[3]);
      names.taken(px - 6, py - 6, 12, 12).line(px, py, px, roof);
    }
    points.forEach(
        p -> names.write(drawing, x(p.intensity(), wide), y(p.flopsPerSecond()), p.name()));
    return drawing;
  }

  private void axes(Drawing drawing, double wide) {
    for (int power = (int) Math.ceil(Math.log10(leastX())); power <= Math.log10(mostX()); power++) {
      double at = x(Math.pow(10, power), wide);
      drawing.line(at, TOP, at, TOP + HIGH, Palette.GRID);
      drawing.word(at, TOP + HIGH + 18, power(power), Drawing.Anchor.MIDDLE);
    }
    for (int power = (int) Math.ceil(Math.log10(leastY())); power <= Math.log10(mostY()); power++) {
      double at = y(Math.pow(10, power));
      drawing.line(LEFT, at, LEFT + wide, at, Palette.GRID);
      drawing.word(LEFT - 8, at + 4, power(power - 12), Drawing.Anchor.END);
    }
    drawing.word(
        LEFT + wide / 2, TOP + HIGH + 38, "operations per HBM byte", Drawing.Anchor.MIDDLE);
    drawing.word(8, TOP - 10, "TFLOP/s", Drawing.Anchor.START);
  }

  private static String power(int power) {
    return power >= 0 && power < 6
        ? String.valueOf(Math.round(Math.pow(10, power)))
        : power < 0 && power > -4
            ? String.format(Locale.ROOT, "%." + -power + "f", Math.pow(10, power))
            : "1e" + power;
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// A row per run: intensity, what it reached, what it could reach, and the share.
  @Override
  public String toString() {
    TableData table =
        TableData.of(title, "run", "flop/byte", "TFLOP/s", "attainable", "reached %", "limit");
    double ridge =
        roofs.stream().mapToDouble(Roof::flopsPerSecond).max().orElse(0) / bytesPerSecond;
    for (Point p : points) {
      double most = attainable(p.intensity());
      table =
          table.row(
              p.name(),
              Figures.number(p.intensity()),
              Figures.number(p.flopsPerSecond() * 1e-12),
              Figures.number(most * 1e-12),
              String.format(Locale.ROOT, "%.1f", 100 * p.flopsPerSecond() / most),
              p.intensity() < ridge ? "HBM" : "units");
    }
    return table.toString();
  }
}
