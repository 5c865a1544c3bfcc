package maia.lab.puzzle;

import static maia.lab.puzzle.FirstSet.shape;
import static maia.lab.puzzle.FirstSet.sizes;
import static maia.lab.puzzle.FirstSet.with;
import static maia.numerics.DType.F32;

import java.util.List;
import maia.lab.CellGrid;

/// Puzzles that go along rows which are longer than a block.
final class RowPuzzles {
  /// Sums of a few hundred binary32 values.
  private static final double SUMS = 1e-5;

  private RowPuzzles() {}

  static List<FirstSet.Numbered> makers() {
    return List.of(RowPuzzles::longSum, RowPuzzles::longSoftmax, RowPuzzles::attention);
  }

  private static CellGrid steps(String title, String in, String out, int outColumns) {
    CellGrid picture =
        CellGrid.of(title)
            .legend('a', "step 0")
            .legend('b', "step 1")
            .legend('c', "step 2")
            .legend('.', "other programs");
    picture = with(picture, in, 8, 20, (r, c) -> r / 4 == 0 ? (char) ('a' + c / 8) : '.');
    return with(picture, out, 8, outColumns, (r, _) -> r / 4 == 0 ? '#' : '.');
  }

  private static Puzzle longSum(int number) {
    String text =
        """
        z[i] = x[i, 0] + x[i, 1] + ... for rows that are longer than a block.

        The grid has M / ROWS programs, rounded up; each walks along its rows with a loop of the device.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 2);
            var z = k.out("z", F32, 1);
            int ROWS = k.meta("ROWS", 1), BLOCK = k.meta("BLOCK", 32);
            var total = k.var(k.zeros(F32, ROWS));
            k.range(0, x.size(1), BLOCK).each(n -> {
                // your lines; total.inc(...) adds to the running value
            });
            // and the store
        });\
        """;
    Task task =
        new Task(
            sizes(shape(4, 64), shape(5, 100), shape(9, 1)),
            shape(256, 4096),
            20_000,
            SUMS,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0], s[1]);
              trial.out("z", i -> sum(x, i * s[1], s[1]), s[0]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "ROWS")));
    return new Puzzle(
        number,
        List.of("long_sum", "a loop with a running value", text, stub),
        List.of(
            "x.block(ROWS, BLOCK).at(first row, n).load() reads zeros beyond the edge, which add nothing.",
            "tile.sum(1) adds up along dimension 1 and leaves one value per row.",
            "For the second star: longer blocks, and .stages(3) before .each(...) keeps loads in flight."),
        steps("a program walks along its rows", "x", "z", 1),
        task);
  }

  private static double sum(double[] x, int at, int count) {
    double sum = 0;
    for (int i = at; i < at + count; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static Puzzle longSoftmax(int number) {
    String text =
        """
        z[i, j] = exp(x[i, j]) / (exp(x[i, 0]) + exp(x[i, 1]) + ...), for long rows and large x.

        exp(100) does not fit 32 bits: subtract the largest element of the row first, which changes no quotient.\
         The grid has M / ROWS programs, rounded up.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 2);
            var z = k.out("z", F32, 2);
            int ROWS = k.meta("ROWS", 1), BLOCK = k.meta("BLOCK", 32);
            var top = k.var(k.full(F32, -1e30, ROWS));
            var total = k.var(k.zeros(F32, ROWS));
            // your lines
        });\
        """;
    Task task =
        new Task(
            sizes(shape(4, 64), shape(5, 100), shape(3, 1)),
            shape(256, 2048),
            20_000,
            SUMS,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 110, s[0], s[1]);
              trial.out("z", at -> softmax(x, at / s[1] * s[1], s[1], at), s[0], s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "ROWS")));
    return new Puzzle(
        number,
        List.of("long_softmax", "softmax in blocks", text, stub),
        List.of(
            "Three loops will do: the largest element, the sum of exponentials, the quotients.",
            "Elements beyond the end must count as minus infinity: load(mask, Double.NEGATIVE_INFINITY).",
            "For the second star: longer blocks of more rows. Two loops are enough: when a larger element turns up, multiply"
                + " the sum so far with exp(old - new)."),
        steps("two or three walks along the rows", "x", "z", 20),
        task);
  }

  private static double softmax(double[] x, int row, int count, int at) {
    double top = Double.NEGATIVE_INFINITY;
    for (int i = row; i < row + count; i++) {
      top = Math.max(top, x[i]);
    }
    double total = 0;
    for (int i = row; i < row + count; i++) {
      total += StrictMath.exp(x[i] - top);
    }
    return StrictMath.exp(x[at] - top) / total;
  }

  private static Puzzle attention(int number) {
    String text =
        """
        Attention with one channel: z[i] is the mean of all v[j], weighted with softmax over j of q[i] * key[j].

        The grid has N / BN programs, rounded up, for N queries; each walks along the M keys. The scores, N x M of\
         them, are never stored.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var q = k.in("q", F32, 1);         // N
            var key = k.in("key", F32, 1);     // M
            var v = k.in("v", F32, 1);         // M
            var z = k.out("z", F32, 1);        // N
            int BN = k.meta("BN", 16), BLOCK = k.meta("BLOCK", 32);
            // your lines
        });\
        """;
    CellGrid picture =
        CellGrid.of("scores of one program: never stored")
            .legend('a', "step 0")
            .legend('b', "step 1")
            .legend('c', "step 2")
            .legend('.', "other programs");
    picture = with(picture, "q", 8, 1, (r, _) -> r / 4 == 0 ? '#' : '.');
    picture = with(picture, "q x key", 8, 20, (r, c) -> r / 4 == 0 ? (char) ('a' + c / 8) : '.');
    picture = with(picture, "z", 8, 1, (r, _) -> r / 4 == 0 ? '#' : '.');
    Task task =
        new Task(
            sizes(shape(32, 64), shape(21, 50), shape(1, 1)),
            shape(512, 2048),
            15_000,
            SUMS,
            (trial, s) -> {
              double[] q = trial.in("q", F32, 12, s[0]);
              double[] key = trial.in("key", F32, 12, s[1]);
              double[] v = trial.in("v", F32, 2, s[1]);
              trial.out("z", i -> attended(q[i], key, v), s[0]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BN")));
    return new Puzzle(
        number,
        List.of("attention", "attention without storing scores", text, stub),
        List.of(
            "Keep three running values per query: the largest score, the sum of weights, the weighted sum of v.",
            "When the largest score grows, multiply both sums with exp(old - new) before adding.",
            "q as .col() times key as .row() gives all scores of a step."),
        picture,
        task);
  }

  private static double attended(double q, double[] key, double[] v) {
    double top = Double.NEGATIVE_INFINITY;
    for (double k : key) {
      top = Math.max(top, q * k);
    }
    double total = 0;
    double sum = 0;
    for (int j = 0; j < key.length; j++) {
      double weight = StrictMath.exp(q * key[j] - top);
      total += weight;
      sum += weight * v[j];
    }
    return sum / total;
  }
}
