package maia.lab;

import java.awt.Color;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.base.Rich;

/// Arrays drawn as cells: which elements a program touches, which ones are wrong. Each cell has a
/// mark, a character; its text form is made of the same characters.
///
/// Marks have colours of their own: `.` nothing special, `#` touched, `o` right, `x` wrong, `!` the
/// first wrong one, `?` never written, `a` to `f` six groups (programs, for instance); a space is
/// no cell at all.
///
/// @param title the heading
/// @param panels the arrays, drawn side by side
/// @param legend what marks mean, in order
public record CellGrid(String title, List<Panel> panels, SequencedMap<Character, String> legend)
    implements Rich {
  private static final String MARKS = ".#ox!?abcdef ";
  private static final int CELL = 16;
  private static final int SMALL_CELL = 11;

  /// Wider drawings do not fit beside the prompt of a notebook.
  private static final int MOST_WIDTH = 760;

  private static final int GAP = 36;
  private static final int TOP = 62;
  private static final int LEAST_WIDTH = 420;

  /// One array.
  ///
  /// @param name the words above it
  /// @param rows a string of marks for each row
  public record Panel(String name, List<String> rows) {
    public Panel {
      rows = List.copyOf(rows);
      for (String row : rows) {
        for (char mark : row.toCharArray()) {
          Check.argument(
              MARKS.indexOf(mark) >= 0,
              "cell grid: '%s' is no mark of '%s'; the marks are %s",
              mark,
              name,
              MARKS);
        }
      }
    }

    private int columns() {
      return rows.stream().mapToInt(String::length).max().orElse(0);
    }

    private int width(int cell) {
      return Math.max(columns() * cell, 7 * name.length());
    }
  }

  public CellGrid {
    panels = List.copyOf(panels);
    legend = java.util.Collections.unmodifiableSequencedMap(new LinkedHashMap<>(legend));
  }

  /// A grid without arrays.
  public static CellGrid of(String title) {
    return new CellGrid(title, List.of(), new LinkedHashMap<>());
  }

  /// This grid with one more array, a string of marks for each of its rows.
  public CellGrid panel(String name, String... rows) {
    List<Panel> more = new ArrayList<>(panels);
    more.add(new Panel(name, List.of(rows)));
    return new CellGrid(title, more, legend);
  }

  /// This grid with a line that says what `mark` means.
  public CellGrid legend(char mark, String meaning) {
    SequencedMap<Character, String> more = new LinkedHashMap<>(legend);
    more.put(mark, meaning);
    return new CellGrid(title, panels, more);
  }

  private static Color fill(char mark) {
    Color[] series = Palette.series();
    return switch (mark) {
      case '#' -> series[0];
      case 'o' -> series[2];
      case 'x', '!' -> series[3];
      case '?' -> Color.WHITE;
      case 'a', 'b', 'c', 'd', 'e', 'f' -> series["abcdef".indexOf(mark)];
      default -> Palette.GRID;
    };
  }

  private Drawing drawing() {
    int side = across(CELL) > MOST_WIDTH ? SMALL_CELL : CELL;
    int across = across(side);
    int down = panels.stream().mapToInt(p -> p.rows().size()).max().orElse(0);
    int words = legend.values().stream().mapToInt(w -> 7 * w.length() + 40).sum() + GAP;
    int width = Math.max(LEAST_WIDTH, Math.max(Math.max(across, words), 9 * title.length()));
    int bottom = TOP + down * side;
    Drawing drawing = new Drawing(width, bottom + (legend.isEmpty() ? 20 : 46)).title(title);
    double x = GAP + (width - across) / 2.0;
    for (Panel panel : panels) {
      drawing.word(x, TOP - 10, panel.name(), Drawing.Anchor.START);
      for (int r = 0; r < panel.rows().size(); r++) {
        String row = panel.rows().get(r);
        for (int c = 0; c < row.length(); c++) {
          cell(drawing, x + c * side, TOP + r * side, side, row.charAt(c));
        }
      }
      x += panel.width(side) + GAP;
    }
    legend(drawing, bottom + 18);
    return drawing;
  }

  private int across(int cell) {
    return panels.stream().mapToInt(p -> p.width(cell)).sum() + GAP * (panels.size() + 1);
  }

  private static void cell(Drawing drawing, double x, double y, int pitch, char mark) {
    if (mark == ' ') {
      return;
    }
    double side = pitch - 2.0;
    int letter = pitch - 4;
    drawing.box(x, y, side, side, fill(mark));
    if (mark == '!') {
      drawing.outline(x + 1, y + 1, side - 2, side - 2, Palette.TEXT);
    }
    if (mark == '?') {
      drawing.outline(x + 1, y + 1, side - 2, side - 2, Palette.GRID);
      drawing.word(
          x + side / 2, y + side - 3, "?", Drawing.Anchor.MIDDLE, letter, Palette.TEXT, false);
    }
    if (mark == 'x' || mark == '!') { // not by colour alone
      drawing.word(
          x + side / 2, y + side - 3, "x", Drawing.Anchor.MIDDLE, letter, Color.WHITE, true);
    }
  }

  private void legend(Drawing drawing, double y) {
    double x = GAP;
    for (Map.Entry<Character, String> entry : legend.entrySet()) {
      cell(drawing, x, y, CELL, entry.getKey());
      drawing.word(x + CELL + 4, y + 11, entry.getValue(), Drawing.Anchor.START);
      x += 7.0 * entry.getValue().length() + 40;
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

  /// Title, arrays as rows of marks, legend.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    for (Panel panel : panels) {
      text.append(panel.name()).append('\n');
      panel.rows().forEach(row -> text.append("  ").append(row.stripTrailing()).append('\n'));
    }
    legend.forEach((mark, word) -> text.append(String.format(Locale.ROOT, "%s %s%n", mark, word)));
    return text.toString().replace("\r\n", "\n");
  }
}
