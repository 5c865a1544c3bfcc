package maia.lab.puzzle;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.lab.cells.CellEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The puzzles can be solved, in more than one way; wrong answers are refused and shown.
class PuzzleTest {
  static List<String> names() {
    return Puzzle.all().stream().map(Puzzle::name).toList();
  }

  static List<Mutants.Mutant> mutants() {
    return Mutants.all();
  }

  @ParameterizedTest
  @MethodSource("names")
  void solution_ofEveryPuzzle_hasTwoStars(String name) {
    Puzzle.named(name).check(Solutions.of(name)).atLeast(2);
  }

  /// The same kernels in blocks that are too small: right, but slow.
  @ParameterizedTest
  @CsvSource({
    "add_ten_to_all, BLOCK, 32, BLOCK, 32",
    "outer_product, BM, 32, BN, 32",
    "multiply_relu, BM, 16, BN, 32",
    "long_sum, ROWS, 2, BLOCK, 64",
    "long_softmax, ROWS, 2, BLOCK, 128",
    "attention, BN, 16, BLOCK, 32",
    "convolution, BH, 8, BW, 16",
    "matmul, BM, 32, BN, 32",
    "quantised_matmul, BM, 16, BN, 16"
  })
  void solution_inSmallBlocks_hasOneStar(String name, String a, int first, String b, int second) {
    Verdict verdict = Puzzle.named(name).check(Solutions.of(name).with(a, first).with(b, second));
    assertThat(verdict.stars()).as(verdict.toString()).isEqualTo(1);
    assertThat(verdict.toString()).contains("the second star takes").contains("bound by");
  }

  @Test
  void solution_thatIsWrittenOtherwise_isAccepted() {
    Puzzle.named("matmul").check(Kernel.define("masked", PuzzleTest::maskedMatmul)).atLeast(1);
    Puzzle.named("long_sum").check(Kernel.define("one_row", PuzzleTest::sumOfOneRow)).atLeast(1);
  }

  private static void maskedMatmul(KernelContext k) {
    var a = k.in("a", BF16, 2);
    var b = k.in("b", BF16, 2);
    var c = k.out("c", F32, 2);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 32);
    var m = k.programId(0).mul(bm).add(k.arange(bm)).col();
    var n = k.programId(1).mul(bn).add(k.arange(bn)).row();
    var inM = m.lt(a.size(0));
    var inN = n.lt(b.size(1));
    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, a.size(1).cdiv(32))
        .each(step -> {
          var d = step.mul(32).add(k.arange(32));
          var inD = d.lt(a.size(1));
          var ta = a.at(m, d.row()).load(inM.and(inD.row()));
          var tb = b.at(d.col(), n).load(inN.and(inD.col()));
          acc.inc(k.dot(ta, tb, k.zeros(F32, bm, bn)));
        });
    c.at(m, n).store(acc.get(), inM.and(inN));
  }

  /// Sums of lanes first, one reduction at the end.
  private static void sumOfOneRow(KernelContext k) {
    var x = k.in("x", F32, 2);
    var z = k.out("z", F32, 1);
    var row = k.programId(0).mul(k.meta("ROWS", 1));
    var total = k.var(k.zeros(F32, 256));
    k.range(0, x.size(1), 256)
        .each(n -> {
          var c = n.add(k.arange(256));
          total.inc(x.at(row, c).load(c.lt(x.size(1))));
        });
    z.at(row).store(total.get().sum(0));
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void wrongAnswer_ofEveryPuzzle_hasNoStar(Mutants.Mutant mutant) {
    Verdict verdict = Puzzle.named(mutant.puzzle()).check(mutant.kernel());
    assertThat(verdict.stars()).as(verdict.toString()).isZero();
  }

  @Test
  void everyPuzzle_hasAWrongAnswerInTheTests() {
    assertThat(mutants().stream().map(Mutants.Mutant::puzzle).collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(names());
  }

  @Test
  void wrongAnswer_saysExpectedGotFirstIndexAndDrawsIt() {
    Kernel wrong =
        Kernel.define(
            "half",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.arange(32);
              var v = x.at(i).load();
              y.at(i).store(i.lt(20).where(v.add(10), v));
            });
    Verdict verdict = Puzzle.named("add_ten").check(wrong);
    var found = (Verdict.Wrong) verdict.outcome();
    assertThat(found.index()).containsExactly(20);
    assertThat(found.expected() - found.got()).isBetween(9.99, 10.01);
    assertThat(found.wrong()).isEqualTo(12);
    assertThat(verdict.toString())
        .startsWith("add a constant: --  wrong on 32\nfirst wrong element: y[20]: expected ")
        .contains("12 of 32 elements are wrong\n")
        .contains("  " + "o".repeat(20) + "!" + "x".repeat(11) + "\n");
    assertThat(verdict.mime()).containsKeys("image/svg+xml", "image/png", "text/plain");
    assertThatThrownBy(() -> verdict.atLeast(1))
        .isInstanceOf(AssertionError.class)
        .hasMessage(verdict.toString());
  }

  @Test
  void refusedAnswer_carriesTheMessageAndTheLine() {
    Kernel wrong =
        Kernel.define(
            "unmasked",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.programId(0).mul(k.meta("BLOCK", 32)).add(k.arange(32));
              y.at(i).store(x.at(i).load().add(10));
            });
    assertThat(Puzzle.named("add_ten_to_all").check(wrong).toString())
        .startsWith("many programs and a mask: --  refused on 100\n")
        .contains("PuzzleTest.java");
    Kernel other = Kernel.define("no_block", k -> k.in("x", F32, 1));
    assertThat(Puzzle.named("add_ten_to_all").check(other).toString())
        .contains("write int BLOCK = k.meta(\"BLOCK\", 32)");
  }

  @Test
  void puzzles_areTwelveAndComplete() {
    assertThat(Puzzle.all()).hasSize(12);
    assertThat(Puzzle.all().stream().map(Puzzle::number))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).boxed().toList());
    for (Puzzle puzzle : Puzzle.all()) {
      assertThat(puzzle.hints()).as(puzzle.name()).isGreaterThanOrEqualTo(2);
      assertThat(puzzle.hint(1)).isNotBlank();
      assertThat(puzzle.picture().panels()).isNotEmpty();
      assertThat(puzzle.mime()).containsKeys("text/html", "text/plain");
    }
    assertThatThrownBy(() -> Puzzle.named("add_one"))
        .hasMessageStartingWith("there is no puzzle 'add_one'; there are [add_ten, ");
    assertThatThrownBy(() -> Puzzle.named("add_ten").hint(3))
        .hasMessage("puzzle 'add_ten' has hints 1 to 2, not 3");
  }

  /// As a notebook or JShell runs them.
  @Test
  void stubs_compileInAShell() throws Exception {
    try (CellEngine shell = CellEngine.ready()) {
      for (Puzzle puzzle : Puzzle.all()) {
        shell.run(puzzle.stub());
      }
    }
  }
}
