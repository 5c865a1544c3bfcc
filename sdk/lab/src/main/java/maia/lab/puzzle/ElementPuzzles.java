package maia.lab.puzzle;

import static maia.lab.puzzle.FirstSet.shape;
import static maia.lab.puzzle.FirstSet.sizes;
import static maia.lab.puzzle.FirstSet.with;
import static maia.numerics.DType.F32;

import java.util.List;
import maia.lab.CellGrid;

/// Puzzles that compute element by element.
final class ElementPuzzles {
  /// A few binary32 roundings.
  private static final double EXACT = 1e-6;

  private ElementPuzzles() {}

  static List<FirstSet.Numbered> makers() {
    return List.of(
        ElementPuzzles::addTen,
        ElementPuzzles::addTenToAll,
        ElementPuzzles::broadcastAdd,
        ElementPuzzles::outerProduct,
        ElementPuzzles::multiplyRelu,
        ElementPuzzles::multiplyReluBackward);
  }

  private static Puzzle addTen(int number) {
    String text =
        """
        y[i] = x[i] + 10, for a vector of exactly 32 elements.

        One program does everything. A kernel names its arrays, makes indices, loads, computes and stores.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 1);
            var y = k.out("y", F32, 1);
            var i = k.arange(32);          // 0, 1, ... 31
            // your lines
        });\
        """;
    CellGrid picture = CellGrid.of("one program, 32 elements").legend('#', "touched");
    picture = with(picture, "x", 1, 32, (_, _) -> '#');
    Task task =
        new Task(
            sizes(shape(32)),
            shape(32),
            4_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0]);
              trial.out("y", i -> x[i] + 10, s[0]);
            },
            (_, _) -> shape(1));
    return new Puzzle(
        number,
        List.of("add_ten", "add a constant", text, stub),
        List.of(
            "x.at(i) is a place, x.at(i).load() what lies there; a tile adds with .add(10).",
            "The last line is y.at(i).store(...)."),
        picture,
        task);
  }

  private static Puzzle addTenToAll(int number) {
    String text =
        """
        y[i] = x[i] + 10, for a vector of any length N.

        The grid has N / BLOCK programs, rounded up; choose BLOCK, a power of two. The last program reaches beyond\
         the end: a mask keeps it inside.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 1);
            var y = k.out("y", F32, 1);
            int BLOCK = k.meta("BLOCK", 32);
            var first = k.programId(0).mul(BLOCK);
            // your lines; x.size(0) is N
        });\
        """;
    CellGrid picture =
        CellGrid.of("100 elements in blocks of 32")
            .legend('a', "program 0")
            .legend('b', "program 1")
            .legend('c', "program 2")
            .legend('d', "program 3")
            .legend('?', "masked");
    picture = with(picture, "x", 4, 32, (r, c) -> r * 32 + c < 100 ? (char) ('a' + r) : '?');
    Task task =
        new Task(
            sizes(shape(64), shape(100), shape(1)),
            shape(98_432),
            9_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0]);
              trial.out("y", i -> x[i] + 10, s[0]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BLOCK")));
    return new Puzzle(
        number,
        List.of("add_ten_to_all", "many programs and a mask", text, stub),
        List.of(
            "The indices of a program are first.add(k.arange(BLOCK)).",
            "i.lt(x.size(0)) is a mask; load(mask) and store(value, mask) take it.",
            "For the second star: a copy of a few hundred bytes costs as much as one of several thousand."),
        picture,
        task);
  }

  private static Puzzle broadcastAdd(int number) {
    String text =
        """
        z[i, j] = x[i] + y[j], for up to 32 rows and 32 columns.

        One program does everything. A column beside a row stretches to a matrix.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 1);     // M elements
            var y = k.in("y", F32, 1);     // N elements
            var z = k.out("z", F32, 2);    // M x N
            // your lines; M and N are at most 32
        });\
        """;
    CellGrid picture =
        CellGrid.of("a column beside a row").legend('#', "inside").legend('?', "masked");
    picture = with(picture, "x", 8, 1, (r, _) -> r < 6 ? '#' : '?');
    picture = with(picture, "y", 1, 8, (_, c) -> c < 5 ? '#' : '?');
    picture = with(picture, "z", 8, 8, (r, c) -> r < 6 && c < 5 ? '#' : '?');
    Task task =
        new Task(
            sizes(shape(32, 32), shape(20, 7), shape(1, 31)),
            shape(32, 32),
            5_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0]);
              double[] y = trial.in("y", F32, 2, s[1]);
              trial.out("z", at -> x[at / s[1]] + y[at % s[1]], s[0], s[1]);
            },
            (_, _) -> shape(1));
    return new Puzzle(
        number,
        List.of("broadcast_add", "a column and a row", text, stub),
        List.of(
            "k.arange(32).col() is a column of indices, .row() a row; so is what they load.",
            "Masks stretch as well: r.lt(x.size(0)).and(c.lt(y.size(0)))."),
        picture,
        task);
  }

  private static CellGrid blocks(String title, String... names) {
    CellGrid picture = CellGrid.of(title).legend('#', "program (1, 2)").legend('.', "others");
    for (String name : names) {
      boolean isColumn = name.startsWith("column ");
      boolean isRow = name.startsWith("row ");
      picture =
          with(
              picture,
              name.substring(name.indexOf(' ') + 1),
              isRow ? 1 : 12,
              isColumn ? 1 : 16,
              (r, c) -> (isRow || r / 4 == 1) && (isColumn || c / 4 == 2) ? '#' : '.');
    }
    return picture;
  }

  private static Puzzle outerProduct(int number) {
    String text =
        """
        z[i, j] = x[i] * y[j], for any M and N.

        The grid is two-dimensional: M / BM by N / BN programs, rounded up. Program (p, q) makes one block of z.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 1);
            var y = k.in("y", F32, 1);
            var z = k.out("z", F32, 2);
            int BM = k.meta("BM", 32), BN = k.meta("BN", 32);
            // your lines; k.programId(0) and k.programId(1)
        });\
        """;
    Task task =
        new Task(
            sizes(shape(64, 64), shape(70, 45), shape(1, 100)),
            shape(1000, 1000),
            10_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0]);
              double[] y = trial.in("y", F32, 2, s[1]);
              trial.out("z", at -> x[at / s[1]] * y[at % s[1]], s[0], s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BM"), metas.blocks(s[1], "BN")));
    return new Puzzle(
        number,
        List.of("outer_product", "a grid of blocks", text, stub),
        List.of(
            "Rows are k.programId(0).mul(BM).add(k.arange(BM)), and so on.",
            "z.block(BM, BN).at(first row, first column).store(value) needs no mask: it stops at the edge.",
            "For the second star: how many bytes does one store carry?"),
        blocks("one block of z for each program", "column x", "row y", "block z"),
        task);
  }

  private static Puzzle multiplyRelu(int number) {
    String text =
        """
        z[i, j] = max(x[i, j] * y[i], 0), fused: x is read once and z is written once.

        The grid is M / BM by N / BN programs, rounded up.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 2);     // M x N
            var y = k.in("y", F32, 1);     // M
            var z = k.out("z", F32, 2);
            int BM = k.meta("BM", 16), BN = k.meta("BN", 16);
            // your lines
        });\
        """;
    Task task =
        new Task(
            sizes(shape(32, 32), shape(37, 50), shape(5, 1)),
            shape(1000, 1000),
            20_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0], s[1]);
              double[] y = trial.in("y", F32, 2, s[0]);
              trial.out("z", at -> Math.max(x[at] * y[at / s[1]], 0), s[0], s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BM"), metas.blocks(s[1], "BN")));
    return new Puzzle(
        number,
        List.of("multiply_relu", "multiply and cut, in one pass", text, stub),
        List.of(
            "y belongs to rows: load it as a vector and make it a .col().",
            "a.max(0) is the larger of each element and 0; a.amax(0) is something else.",
            "y has one dimension: y.block(BM).at(first row).load()."),
        blocks("the same block of x and z", "block x", "column y", "block z"),
        task);
  }

  private static Puzzle multiplyReluBackward(int number) {
    String text =
        """
        The gradient of the puzzle before: dx[i, j] = dz[i, j] * y[i] where x[i, j] * y[i] > 0, and 0 elsewhere.

        The grid is M / BM by N / BN programs, rounded up. Nothing of the forward pass was kept but its inputs.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 2);
            var y = k.in("y", F32, 1);
            var dz = k.in("dz", F32, 2);
            var dx = k.out("dx", F32, 2);
            int BM = k.meta("BM", 16), BN = k.meta("BN", 16);
            // your lines
        });\
        """;
    Task task =
        new Task(
            sizes(shape(32, 32), shape(37, 50), shape(5, 1)),
            shape(1000, 1000),
            25_000,
            EXACT,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0], s[1]);
              double[] y = trial.in("y", F32, 2, s[0]);
              double[] dz = trial.in("dz", F32, 2, s[0], s[1]);
              trial.out(
                  "dx", at -> x[at] * y[at / s[1]] > 0 ? dz[at] * y[at / s[1]] : 0, s[0], s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BM"), metas.blocks(s[1], "BN")));
    return new Puzzle(
        number,
        List.of("multiply_relu_backward", "and its gradient", text, stub),
        List.of(
            "A comparison such as .gt(0) gives a mask, and mask.where(a, b) chooses per element.",
            "The sign of the product decides, not the sign of x."),
        blocks("a block of each", "block x", "column y", "block dz", "block dx"),
        task);
  }
}
