package maia.lab.puzzle;

import static maia.lab.puzzle.FirstSet.shape;
import static maia.lab.puzzle.FirstSet.sizes;
import static maia.lab.puzzle.FirstSet.with;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.List;
import maia.lab.CellGrid;

/// Puzzles that sum products: convolution and matrix products.
final class ProductPuzzles {
  /// Sums of binary32 products.
  private static final double SUMS = 1e-5;

  /// One rounding of a weight to BF16, averaged over a sum.
  private static final double ROUNDED = 4e-3;

  private static final int SIDE = 3;
  private static final int CODES = 8;
  private static final int GROUP = 32;

  private ProductPuzzles() {}

  static List<FirstSet.Numbered> makers() {
    return List.of(
        ProductPuzzles::convolution, ProductPuzzles::matmul, ProductPuzzles::quantisedMatmul);
  }

  private static Puzzle convolution(int number) {
    String text =
        """
        z[i, j] is the sum over a, b in 0, 1, 2 of x[i + a, j + b] * w[a, b]; x counts as 0 outside.

        The grid is H / BH by W / BW programs, rounded up. The loops over a and b may be Java's own.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var x = k.in("x", F32, 2);     // H x W
            var w = k.in("w", F32, 2);     // 3 x 3
            var z = k.out("z", F32, 2);    // H x W
            int BH = k.meta("BH", 8), BW = k.meta("BW", 16);
            // your lines
        });\
        """;
    CellGrid picture =
        CellGrid.of("a window for each of nine weights")
            .legend('a', "window of weight (0, 0)")
            .legend('b', "what (2, 2) adds")
            .legend('.', "others");
    picture =
        with(
            picture,
            "x",
            10,
            14,
            (r, c) -> r < 4 && c < 8 ? 'a' : r >= 2 && c >= 2 && r < 6 && c < 10 ? 'b' : '.');
    picture = with(picture, "w", 3, 3, (r, c) -> r + c == 0 ? 'a' : r + c == 4 ? 'b' : '.');
    picture = with(picture, "z", 10, 14, (r, c) -> r < 4 && c < 8 ? '#' : '.');
    Task task =
        new Task(
            sizes(shape(16, 32), shape(11, 21), shape(1, 2)),
            shape(512, 512),
            24_000,
            SUMS,
            (trial, s) -> {
              double[] x = trial.in("x", F32, 2, s[0], s[1]);
              double[] w = trial.in("w", F32, 2, SIDE, SIDE);
              trial.out("z", at -> window(x, w, s, at), s[0], s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BH"), metas.blocks(s[1], "BW")));
    return new Puzzle(
        number,
        List.of("convolution", "a 3 x 3 filter", text, stub),
        List.of(
            "A loop such as for (int a = 0; a < 3; a++) runs while the kernel is traced: nine loads, nine products.",
            "x.block(BH, BW).at(row.add(a), column.add(b)).load() reads zeros outside.",
            "A single weight is w.at(k.scalar(a), k.scalar(b)).load(), a scalar."),
        picture,
        task);
  }

  private static double window(double[] x, double[] w, int[] s, int at) {
    double sum = 0;
    for (int a = 0; a < SIDE; a++) {
      for (int b = 0; b < SIDE; b++) {
        int row = at / s[1] + a;
        int column = at % s[1] + b;
        if (row < s[0] && column < s[1]) {
          sum += x[row * s[1] + column] * w[a * SIDE + b];
        }
      }
    }
    return sum;
  }

  private static CellGrid product(String title) {
    CellGrid picture =
        CellGrid.of(title)
            .legend('a', "step 0")
            .legend('b', "step 1")
            .legend('c', "step 2")
            .legend('.', "other programs");
    picture = with(picture, "a", 8, 12, (r, c) -> r / 4 == 1 ? (char) ('a' + c / 4) : '.');
    picture = with(picture, "b", 12, 8, (r, c) -> c / 4 == 0 ? (char) ('a' + r / 4) : '.');
    return with(picture, "c", 8, 8, (r, c) -> r / 4 == 1 && c / 4 == 0 ? '#' : '.');
  }

  private static Puzzle matmul(int number) {
    String text =
        """
        c[i, j] is the sum over k of a[i, k] * b[k, j], for BF16 operands of any size and a sum in F32.

        The grid is M / BM by N / BN programs, rounded up; each walks along k. The tensor unit multiplies blocks\
         whose sides are at least 16.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var a = k.in("a", BF16, 2);    // M x K
            var b = k.in("b", BF16, 2);    // K x N
            var c = k.out("c", F32, 2);    // M x N
            int BM = k.meta("BM", 16), BN = k.meta("BN", 16), BK = k.meta("BK", 16);
            // your lines; k.dot(left, right, accumulator)
        });\
        """;
    Task task =
        new Task(
            sizes(shape(32, 32, 32), shape(37, 45, 50), shape(1, 1, 3)),
            shape(512, 512, 512),
            30_000,
            SUMS,
            (trial, s) -> {
              double[] a = trial.in("a", BF16, 2, s[0], s[2]);
              double[] b = trial.in("b", BF16, 2, s[2], s[1]);
              trial.out(
                  "c",
                  at -> {
                    double sum = 0;
                    for (int k = 0; k < s[2]; k++) {
                      sum += a[at / s[1] * s[2] + k] * b[k * s[1] + at % s[1]];
                    }
                    return sum;
                  },
                  s[0],
                  s[1]);
            },
            (s, metas) -> shape(metas.blocks(s[0], "BM"), metas.blocks(s[1], "BN")));
    return new Puzzle(
        number,
        List.of("matmul", "a matrix product", text, stub),
        List.of(
            "The accumulator is a k.var of k.zeros(F32, BM, BN); each step sets it to k.dot(ta, tb, acc.get()).",
            "Blocks read zeros beyond the edge, which add nothing to a sum.",
            "For the second star: larger blocks use every loaded element more often, and .stages(3) hides the loads."),
        product("a program's block of c takes a strip of a and a strip of b"),
        task);
  }

  private static Puzzle quantisedMatmul(int number) {
    String text =
        """
        A product with 4-bit weights: c[i, j] is the sum over k of W[i, k] * x[k, j], where
        W[i, k] = scale[i, k / 32] * (code - 8), and code is bits 4 (k % 8) to 4 (k % 8) + 3 of word[i, k / 8].

        K is a multiple of 32; x is BF16, and W may round to BF16. The grid is M / BM by N / BN programs, rounded up.\
        """;
    String stub =
        """
        var mine = Kernel.define("mine", k -> {
            var word = k.in("word", I32, 2);     // M x K/8: eight codes each
            var scale = k.in("scale", F32, 2);   // M x K/32
            var x = k.in("x", BF16, 2);          // K x N
            var c = k.out("c", F32, 2);          // M x N
            int BM = k.meta("BM", 16), BN = k.meta("BN", 16);
            // your lines; steps of 32 along k have one scale per row
        });\
        """;
    CellGrid picture =
        CellGrid.of("one step of one program: 32 codes of a row lie in four words")
            .legend('#', "touched")
            .legend('.', "others");
    picture = with(picture, "word", 8, 12, (r, c) -> r / 4 == 1 && c < 4 ? '#' : '.');
    picture = with(picture, "scale", 8, 3, (r, c) -> r / 4 == 1 && c < 1 ? '#' : '.');
    picture = with(picture, "W (never stored)", 8, 32, (r, _) -> r / 4 == 1 ? '#' : '.');
    Task task =
        new Task(
            sizes(shape(32, 16, 64), shape(21, 19, 32), shape(1, 1, 96)),
            shape(256, 256, 512),
            40_000,
            ROUNDED,
            ProductPuzzles::quantised,
            (s, metas) -> shape(metas.blocks(s[0], "BM"), metas.blocks(s[1], "BN")));
    return new Puzzle(
        number,
        List.of("quantised_matmul", "4-bit weights", text, stub),
        List.of(
            "With kk = k.arange(32), the words of a step are those at columns (n + kk) / 8: each is loaded eight times,"
                + " or once and stretched.",
            "word.ushr(4 * (kk % 8)).and(15).sub(8) are the weights of a step before scaling.",
            "Convert to F32, multiply with the scale as a .col(), convert to BF16, then k.dot."),
        picture,
        task);
  }

  private static void quantised(Trial trial, int[] s) {
    int depth = s[2];
    long[] words = trial.words("word", s[0], depth / CODES);
    double[] scale = trial.in("scale", F32, 0.5, s[0], depth / GROUP);
    double[] x = trial.in("x", BF16, 2, depth, s[1]);
    trial.out(
        "c",
        at -> {
          int row = at / s[1];
          double sum = 0;
          for (int k = 0; k < depth; k++) {
            long code = words[row * (depth / CODES) + k / CODES] >>> 4 * (k % CODES) & 15;
            double weight = scale[row * (depth / GROUP) + k / GROUP] * (code - 8);
            sum += weight * x[k * s[1] + at % s[1]];
          }
          return sum;
        },
        s[0],
        s[1]);
  }
}
