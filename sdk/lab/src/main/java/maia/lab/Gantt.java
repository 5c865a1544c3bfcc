package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import maia.base.Rich;
import maia.kernel.Activity;
import maia.kernel.Run;
import maia.sim.RunRecord;
import maia.sim.Span;

/// When each engine worked: a row per queue, from the first instructions of a run.
///
/// @param title the heading
/// @param rows the queues
/// @param picoseconds what the axis spans
public record Gantt(String title, List<Row> rows, long picoseconds) implements Rich {
  private static final int ROW = 22;
  private static final int LEFT = 110;
  private static final int TOP = 40;
  private static final int SPANS_PER_TILE = 160;

  /// One queue.
  ///
  /// @param name tile and queue
  /// @param queue the queue, which decides the colour
  /// @param starts start of each instruction, in picoseconds
  /// @param ends its end
  public record Row(String name, String queue, List<Long> starts, List<Long> ends) {
    public Row {
      starts = List.copyOf(starts);
      ends = List.copyOf(ends);
    }

    private long busy() {
      long busy = 0;
      long reached = 0;
      for (int i = 0; i < starts.size(); i++) {
        busy += Math.max(0, ends.get(i) - Math.max(reached, starts.get(i)));
        reached = Math.max(reached, ends.get(i));
      }
      return busy;
    }
  }

  private record Piece(int tile, String queue, long start, long end) {}

  public Gantt {
    rows = List.copyOf(rows);
  }

  /// The first instructions of the first tile that worked.
  public static Gantt of(RunRecord run) {
    return of(run, 1);
  }

  /// The first instructions of the first `tiles` tiles that worked.
  public static Gantt of(RunRecord run, int tiles) {
    List<Piece> pieces = new ArrayList<>();
    for (Span s : run.trace()) {
      pieces.add(new Piece(s.tile(), s.queue(), s.startPicoseconds(), s.endPicoseconds()));
    }
    return of(run.program() + " on " + run.machine().name(), pieces, tiles);
  }

  /// The first instructions of the first tile that worked.
  public static Gantt of(String title, Run run) {
    List<Piece> pieces = new ArrayList<>();
    for (Activity a : run.activities()) {
      pieces.add(new Piece(a.tile(), a.queue(), a.startPicoseconds(), a.endPicoseconds()));
    }
    return of(title, pieces, 1);
  }

  private static Gantt of(String title, List<Piece> pieces, int tiles) {
    TreeMap<Integer, List<Piece>> byTile = new TreeMap<>();
    pieces.forEach(p -> byTile.computeIfAbsent(p.tile(), _ -> new ArrayList<>()).add(p));
    List<Row> rows = new ArrayList<>();
    long end = 0;
    for (Map.Entry<Integer, List<Piece>> tile : byTile.entrySet().stream().limit(tiles).toList()) {
      TreeMap<String, List<Piece>> byQueue = new TreeMap<>();
      tile.getValue().stream()
          .limit(SPANS_PER_TILE)
          .forEach(p -> byQueue.computeIfAbsent(p.queue(), _ -> new ArrayList<>()).add(p));
      for (Map.Entry<String, List<Piece>> queue : byQueue.entrySet()) {
        List<Piece> inOrder =
            queue.getValue().stream().sorted(Comparator.comparingLong(Piece::start)).toList();
        end = Math.max(end, inOrder.stream().mapToLong(Piece::end).max().orElse(0));
        rows.add(
            new Row(
                "tile " + tile.getKey() + " " + queue.getKey(),
                queue.getKey(),
                inOrder.stream().map(Piece::start).toList(),
                inOrder.stream().map(Piece::end).toList()));
      }
    }
    return new Gantt(title, rows, end);
  }

  /// The colour of an engine.
  static Color colour(String queue) {
    Color[] colours = Palette.series();
    if (queue.startsWith("ttu")) {
      return colours[0];
    }
    if (queue.startsWith("tvp")) {
      return colours[1];
    }
    return queue.startsWith("c") ? colours[5] : colours[2];
  }

  Drawing drawing() {
    Drawing drawing = new Drawing(Figures.WIDTH + 60, TOP + ROW * rows.size() + 46);
    double wide = drawing.width() - LEFT - 20.0;
    double bottom = TOP + (double) ROW * rows.size();
    drawing.title(title);
    double end = picoseconds * 1e-6;
    for (double tick : Figures.ticks(end)) {
      double x = LEFT + wide * tick / Math.max(end, Double.MIN_NORMAL);
      drawing.line(x, TOP, x, bottom + 4, Palette.GRID);
      drawing.word(x, bottom + 18, Figures.tick(tick), Drawing.Anchor.MIDDLE);
    }
    drawing.word(LEFT + wide / 2, bottom + 36, "simulated time in us", Drawing.Anchor.MIDDLE);
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      double y = TOP + (double) ROW * r;
      drawing.word(LEFT - 8, y + 15, row.name(), Drawing.Anchor.END);
      bars(drawing, row, y + 3, wide);
    }
    return drawing;
  }

  /// Instructions closer than half a pixel become one bar.
  private void bars(Drawing drawing, Row row, double y, double wide) {
    double scale = wide / Math.max(1, picoseconds);
    double from = -1;
    double to = -1;
    for (int i = 0; i <= row.starts().size(); i++) {
      boolean isLast = i == row.starts().size();
      double start = isLast ? Double.MAX_VALUE : row.starts().get(i) * scale;
      double gap = row.starts().size() > 60 ? 0.5 : -0.5;
      if (from >= 0 && start > to + gap) {
        drawing.box(LEFT + from, y, Math.max(0.5, to - from - 0.6), ROW - 6, colour(row.queue()));
        from = -1;
      }
      if (!isLast) {
        from = from < 0 ? start : from;
        to = Math.max(from < 0 ? 0 : to, row.ends().get(i) * scale);
      }
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

  /// A row of text per queue: its number of instructions and the share of the axis it was busy.
  @Override
  public String toString() {
    TableData table = TableData.of(title, "queue", "instructions", "busy %", "axis us");
    for (Row row : rows) {
      table =
          table.row(
              row.name(),
              String.valueOf(row.starts().size()),
              String.format(Locale.ROOT, "%.1f", 100.0 * row.busy() / Math.max(1, picoseconds)),
              Figures.number(picoseconds * 1e-6));
    }
    return table.toString();
  }
}
