package maia.lab.puzzle;

import java.util.ArrayList;
import java.util.List;
import maia.lab.CellGrid;

/// The first problem set, easiest first.
final class FirstSet {
  private static final List<Puzzle> ALL = made();

  private FirstSet() {}

  static List<Puzzle> all() {
    return ALL;
  }

  private static List<Puzzle> made() {
    List<Puzzle> all = new ArrayList<>();
    List<Numbered> makers = new ArrayList<>();
    makers.addAll(ElementPuzzles.makers());
    makers.addAll(RowPuzzles.makers());
    makers.addAll(ProductPuzzles.makers());
    for (Numbered maker : makers) {
      all.add(maker.make(all.size() + 1));
    }
    return List.copyOf(all);
  }

  /// A puzzle that waits for its number.
  @FunctionalInterface
  interface Numbered {
    Puzzle make(int number);
  }

  /// The mark of a cell.
  @FunctionalInterface
  interface Mark {
    char at(int row, int column);
  }

  /// `picture` with one more array.
  static CellGrid with(CellGrid picture, String name, int rows, int columns, Mark mark) {
    String[] lines = new String[rows];
    for (int r = 0; r < rows; r++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        line.append(mark.at(r, c));
      }
      lines[r] = line.toString();
    }
    return picture.panel(name, lines);
  }

  /// Sizes to try.
  static List<int[]> sizes(int[]... all) {
    return List.of(all);
  }

  static int[] shape(int... sizes) {
    return sizes;
  }
}
