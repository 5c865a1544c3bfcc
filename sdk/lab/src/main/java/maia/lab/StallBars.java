package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import maia.base.Rich;
import maia.sim.RunRecord;

/// What each kind of engine did with its time: worked, or waited and for what.
///
/// @param title the heading
/// @param reasons the parts of the bars, `busy` first
/// @param bars one per kind of engine
public record StallBars(String title, List<String> reasons, List<Bar> bars) implements Rich {
  private static final int ROW = 30;
  private static final int LEFT = 90;
  private static final int TOP = 64;

  /// The reasons in the order of the colours.
  private static final List<String> COLOURED =
      List.of("hbm", "outstanding", "busy", "issue", "semaphore", "port", "bank", "queue_full");

  /// One kind of engine.
  ///
  /// @param engine its kind
  /// @param shares share of its time per reason, 0 to 1
  public record Bar(String engine, List<Double> shares) {
    public Bar {
      shares = List.copyOf(shares);
    }
  }

  public StallBars {
    reasons = List.copyOf(reasons);
    bars = List.copyOf(bars);
  }

  /// The engines of a run.
  public static StallBars of(RunRecord run) {
    Map<String, TreeMap<String, Long>> stalls = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>();
    run.counters()
        .stallPicoseconds()
        .forEach((name, time) -> {
          int dot = name.indexOf('.');
          if (dot > 0 && time > 0) {
            names.add(name.substring(dot + 1));
            stalls
                .computeIfAbsent(name.substring(0, dot), _ -> new TreeMap<>())
                .merge(name.substring(dot + 1), time, Long::sum);
          }
        });
    List<String> reasons = new ArrayList<>(List.of("busy"));
    reasons.addAll(names);
    List<Bar> bars = new ArrayList<>();
    run.counters()
        .busyPicoseconds()
        .forEach((engine, busy) -> {
          if (!engine.equals("hbm")) {
            bars.add(bar(engine, busy, stalls.getOrDefault(engine, new TreeMap<>()), reasons));
          }
        });
    return new StallBars("where the time of the engines went: " + run.program(), reasons, bars);
  }

  private static Bar bar(String engine, long busy, Map<String, Long> stalls, List<String> reasons) {
    double whole = busy + stalls.values().stream().mapToLong(Long::longValue).sum();
    List<Double> shares = new ArrayList<>();
    for (String reason : reasons) {
      long time = reason.equals("busy") ? busy : stalls.getOrDefault(reason, 0L);
      shares.add(whole == 0 ? 0 : time / whole);
    }
    return new Bar(engine, shares);
  }

  /// Each reason has the same colour in every picture.
  private static Color colour(String reason) {
    return Palette.series()[Math.max(0, COLOURED.indexOf(reason))];
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + ROW * bars.size() + 40);
    double wide = drawing.width() - LEFT - 20.0;
    drawing.title(title);
    double x = LEFT;
    for (int r = 0; r < reasons.size(); r++) {
      drawing.box(x, 36, 12, 12, colour(reasons.get(r)));
      String name = reasons.get(r).replace('_', ' ');
      drawing.word(x + 17, 47, name, Drawing.Anchor.START);
      x += 30 + Drawing.width(name, 12);
    }
    double bottom = TOP + (double) ROW * bars.size();
    for (int tick = 0; tick <= 4; tick++) {
      double at = LEFT + wide * tick / 4;
      drawing.line(at, TOP - 4, at, bottom, Palette.GRID);
      drawing.word(at, bottom + 16, 25 * tick + " %", Drawing.Anchor.MIDDLE);
    }
    for (int b = 0; b < bars.size(); b++) {
      double y = TOP + (double) ROW * b;
      drawing.word(LEFT - 8, y + 16, bars.get(b).engine(), Drawing.Anchor.END);
      double at = LEFT;
      for (int r = 0; r < reasons.size(); r++) {
        double part = wide * bars.get(b).shares().get(r);
        if (part > 0) {
          drawing.box(at, y + 3, part, ROW - 10, colour(reasons.get(r)));
          at += part;
        }
      }
    }
    return drawing;
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// A table of shares in percent.
  @Override
  public String toString() {
    List<String> columns = new ArrayList<>(List.of("engine"));
    reasons.forEach(reason -> columns.add(reason + " %"));
    List<List<String>> rows = new ArrayList<>();
    for (Bar bar : bars) {
      List<String> row = new ArrayList<>(List.of(bar.engine()));
      bar.shares().forEach(share -> row.add(String.format(Locale.ROOT, "%.1f", 100 * share)));
      rows.add(row);
    }
    return new TableData(title, columns, rows).toString();
  }
}
