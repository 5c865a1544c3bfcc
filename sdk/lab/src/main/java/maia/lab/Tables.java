package maia.lab;

import java.util.ArrayList;
import java.util.List;
import maia.base.Rich;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// The bridge to Tablesaw, for filtering, grouping and summaries.
public final class Tables {
  private static final int SHOWN_ROWS = 100;

  private Tables() {}

  /// The same table for Tablesaw; a column whose cells are all numbers becomes a column of doubles,
  /// any other a column of strings.
  public static Table table(TableData data) {
    List<Column<?>> columns = new ArrayList<>();
    for (int c = 0; c < data.columns().size(); c++) {
      columns.add(column(data.columns().get(c), data.column(c)));
    }
    return Table.create(data.title(), columns);
  }

  /// A Tablesaw table in the form that shows in notebooks and as text; more than 100 rows are cut
  /// and counted in the title.
  public static Rich rich(Table table) {
    int rows = Math.min(table.rowCount(), SHOWN_ROWS);
    List<List<String>> cells = new ArrayList<>();
    for (int r = 0; r < rows; r++) {
      List<String> row = new ArrayList<>();
      for (Column<?> column : table.columns()) {
        row.add(column instanceof DoubleColumn numbers ? number(numbers, r) : column.getString(r));
      }
      cells.add(row);
    }
    String more =
        rows < table.rowCount() ? " (first %d of %d rows)".formatted(rows, table.rowCount()) : "";
    return new TableData(table.name() + more, table.columnNames(), cells);
  }

  private static String number(DoubleColumn column, int row) {
    return column.isMissing(row) ? "" : Figures.number(column.getDouble(row));
  }

  private static Column<?> column(String name, List<String> cells) {
    try {
      return DoubleColumn.create(name, cells.stream().mapToDouble(Double::parseDouble).toArray());
    } catch (NumberFormatException notANumber) {
      return StringColumn.create(name, cells);
    }
  }
}
