package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.kernel.tune.Trial;
import maia.kernel.tune.Tune;
import maia.kernel.tune.TuneResult;

/// The configurations of a tuning over two of its metas: the fewest cycles of each cell, over the
/// other metas. A value with `~` is the model's; a dash is a cell without a runnable configuration.
///
/// @param title the heading
/// @param rowMeta the meta down the side
/// @param rowValues its values
/// @param columnMeta the meta across
/// @param columnValues its values
/// @param cells one per row and column, row by row
public record Heatmap(
    String title,
    String rowMeta,
    List<String> rowValues,
    String columnMeta,
    List<String> columnValues,
    List<Cell> cells)
    implements Rich {
  private static final int LEFT = 110;
  private static final int TOP = 60;
  private static final int HIGH = 44;

  /// How far the best configuration of a cell came.
  public enum Kind {
    SIMULATED,
    MODELLED,
    NONE,
  }

  /// One cell.
  ///
  /// @param kind where `cycles` comes from
  /// @param cycles fewest cycles, 0 for [Kind#NONE]
  /// @param isBest whether the winner is in it
  public record Cell(Kind kind, double cycles, boolean isBest) {}

  public Heatmap {
    rowValues = List.copyOf(rowValues);
    columnValues = List.copyOf(columnValues);
    cells = List.copyOf(cells);
    Check.argument(
        cells.size() == rowValues.size() * columnValues.size(),
        "heat map '%s': needs %d x %d cells, got %d",
        title,
        rowValues.size(),
        columnValues.size(),
        cells.size());
  }

  /// A tuning over its first two metas that have more than one value.
  public static Heatmap of(TuneResult tuning) {
    List<Tune.Axis> axes =
        tuning.axes().stream().filter(axis -> axis.values().size() > 1).limit(2).toList();
    Check.argument(
        !axes.isEmpty(), "heat map: the tuning of '%s' has one configuration", tuning.kernel());
    Tune.Axis rows = axes.size() == 2 ? axes.getFirst() : new Tune.Axis("", List.of(""));
    Tune.Axis columns = axes.getLast();
    List<Cell> cells = new ArrayList<>();
    for (Object row : rows.values()) {
      for (Object column : columns.values()) {
        cells.add(cell(tuning, rows.meta(), row, columns.meta(), column));
      }
    }
    return new Heatmap(
        "cycles of " + tuning.kernel() + " on " + tuning.machine(),
        rows.meta(),
        rows.values().stream().map(String::valueOf).toList(),
        columns.meta(),
        columns.values().stream().map(String::valueOf).toList(),
        cells);
  }

  private static Cell cell(
      TuneResult tuning, String rowMeta, Object row, String columnMeta, Object column) {
    double simulated = Double.MAX_VALUE;
    double modelled = Double.MAX_VALUE;
    boolean isBest = false;
    for (int i = 0; i < tuning.trials().size(); i++) {
      Trial trial = tuning.trials().get(i);
      Map<String, Object> metas = trial.configuration().metas();
      boolean inRow = rowMeta.isEmpty() || row.equals(metas.get(rowMeta));
      if (inRow && column.equals(metas.get(columnMeta))) {
        simulated =
            Math.min(simulated, trial.cycles().isEmpty() ? simulated : trial.cycles().getAsLong());
        modelled = Math.min(modelled, trial.modelCycles().orElse(modelled));
        isBest |= i == tuning.winner();
      }
    }
    if (simulated < Double.MAX_VALUE) {
      return new Cell(Kind.SIMULATED, simulated, isBest);
    }
    return modelled < Double.MAX_VALUE
        ? new Cell(Kind.MODELLED, modelled, false)
        : new Cell(Kind.NONE, 0, false);
  }

  private Cell cell(int row, int column) {
    return cells.get(row * columnValues.size() + column);
  }

  private static String label(Cell cell) {
    return switch (cell.kind()) {
      case SIMULATED -> compact(cell.cycles()) + (cell.isBest() ? " best" : "");
      case MODELLED -> "~" + compact(cell.cycles());
      case NONE -> "-";
    };
  }

  private static String compact(double cycles) {
    return cycles >= 1e6
        ? String.format(Locale.ROOT, "%.2fM", cycles * 1e-6)
        : cycles >= 1e4
            ? String.format(Locale.ROOT, "%.1fk", cycles * 1e-3)
            : String.format(Locale.ROOT, "%.0f", cycles);
  }

  Drawing drawing() {
    double wide = Math.min(96, 560.0 / columnValues.size());
    int width = Math.max(520, (int) (LEFT + wide * columnValues.size() + 30));
    Drawing drawing = new Drawing(width, TOP + HIGH * rowValues.size() + 62);
    drawing.title(title);
    double least =
        cells.stream().filter(c -> c.kind() != Kind.NONE).mapToDouble(Cell::cycles).min().orElse(1);
    double most = cells.stream().mapToDouble(Cell::cycles).max().orElse(1);
    for (int c = 0; c < columnValues.size(); c++) {
      double x = LEFT + wide * (c + 0.5);
      drawing.word(x, TOP - 8, columnMeta + " " + columnValues.get(c), Drawing.Anchor.MIDDLE);
    }
    for (int r = 0; r < rowValues.size(); r++) {
      double y = TOP + (double) HIGH * r;
      String name = (rowMeta + " " + rowValues.get(r)).strip();
      drawing.word(LEFT - 10, y + HIGH / 2.0 + 4, name, Drawing.Anchor.END);
      for (int c = 0; c < columnValues.size(); c++) {
        cell(drawing, cell(r, c), new double[] {LEFT + wide * c, y, wide}, least, most);
      }
    }
    legend(drawing, TOP + HIGH * rowValues.size() + 18);
    return drawing;
  }

  private static void cell(Drawing drawing, Cell cell, double[] place, double least, double most) {
    double x = place[0] + 1;
    double y = place[1] + 1;
    double wide = place[2] - 2;
    boolean known = cell.kind() != Kind.NONE;
    // equal ratios are equal steps; the fewest cycles are the brightest
    double slow =
        known && most > least ? Math.log(cell.cycles() / least) / Math.log(most / least) : 0;
    Color fill = known ? Palette.ramp(1 - slow) : Palette.GRID;
    drawing.box(x, y, wide, HIGH - 2, fill);
    if (cell.isBest()) {
      drawing.outline(x + 2, y + 2, wide - 4, HIGH - 6, Palette.TEXT);
    }
    Color ink = known && Palette.isDark(fill) ? Color.WHITE : Palette.TEXT;
    drawing.word(
        x + wide / 2,
        y + HIGH / 2.0 + 3,
        label(cell),
        Drawing.Anchor.MIDDLE,
        12,
        ink,
        cell.isBest());
  }

  private static void legend(Drawing drawing, double y) {
    drawing.word(LEFT - 10, y + 11, "slow", Drawing.Anchor.END);
    for (int i = 0; i < 20; i++) {
      drawing.box(LEFT + 6.0 * i, y, 6.5, 14, Palette.ramp(i / 19.0));
    }
    drawing.word(
        LEFT + 128, y + 11, "fast; ~ by the model only, - not runnable", Drawing.Anchor.START);
  }

  /// The drawing.
  public Figure figure() {
    return drawing().figure(toString());
  }

  @Override
  public Map<String, String> mime() {
    return figure().mime();
  }

  /// The cells as a table.
  @Override
  public String toString() {
    List<String> columns =
        new ArrayList<>(List.of(rowMeta.isEmpty() ? columnMeta : rowMeta + " \\ " + columnMeta));
    columns.addAll(columnValues);
    List<List<String>> rows = new ArrayList<>();
    for (int r = 0; r < rowValues.size(); r++) {
      List<String> row = new ArrayList<>(List.of(rowValues.get(r)));
      for (int c = 0; c < columnValues.size(); c++) {
        row.add(label(cell(r, c)));
      }
      rows.add(row);
    }
    return new TableData(title, columns, rows).toString();
  }
}
