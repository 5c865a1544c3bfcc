package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.npl.Verifier;
import maia.numerics.HostArray;
import maia.testkit.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The catalogue of mistakes in tile programs: one small wrong program per category, refused by
/// parser, verifier or run with its code, and the program put right; the page `ERRORS.md` of room
/// npl says all of it with the exact messages.
class MistakesTest {
  private static final Path PAGE = Path.of("../npl/ERRORS.md");

  private static final String HEAD =
      """
      program p one_tile
        array x: f32[16] in
        array y: f32[16] out
        buffer a: f32[16] tsram x1
        semaphore full[1] tile initial 0 maximum 2
        queue tile_dma 0
          copy x[0 +: 16] -> a[0]  @ p:1
          signal full  @ p:2
        queue tile_dma 1
          wait full  @ p:3
          copy a[0] -> y[0 +: 16]  @ p:4
      """;

  /// A change of lines that makes the correct program wrong.
  private record Change(String from, String to) {}

  private static final Map<Category, Change> CHANGES = new EnumMap<>(Category.class);

  static {
    CHANGES.put(Category.SYNTAX, new Change("signal full ", "signal full by "));
    CHANGES.put(Category.STRUCTURE, new Change("-> y[0 +: 16]", "-> x[0 +: 16]"));
    CHANGES.put(Category.TYPE, new Change("buffer a: f32[16]", "buffer a: i32[16]"));
    CHANGES.put(Category.CAPACITY, new Change("tsram x1", "tsram x100000"));
    CHANGES.put(Category.OUT_OF_BOUNDS, new Change("copy x[0 +: 16]", "copy x[8 +: 16]"));
    CHANGES.put(
        Category.UNINITIALISED_READ, new Change("    copy x[0 +: 16] -> a[0]  @ p:1\n", ""));
    CHANGES.put(
        Category.RACE,
        new Change(
            "    signal full  @ p:2\n",
            "    signal full  @ p:2\n    copy x[0 +: 16] -> a[0]  @ p:5\n"));
    CHANGES.put(Category.DEADLOCK, new Change("    signal full  @ p:2\n", ""));
    CHANGES.put(
        Category.SEMAPHORE,
        new Change("    signal full  @ p:2\n", "    signal full by 2  @ p:2\n"));
    CHANGES.put(
        Category.COVERAGE, new Change("copy a[0] -> y[0 +: 16]", "copy a[0; 0 +: 8] -> y[0 +: 8]"));
    CHANGES.put(
        Category.ASSERTION,
        new Change(
            "    signal full  @ p:2\n",
            "    signal full  @ p:2\n  queue tvp\n    assert (iota(0) < index(8)) over [16] \"small\"  @ p:5\n"));
    CHANGES.put(
        Category.ENDLESS,
        new Change(
            "    copy a[0] -> y[0 +: 16]  @ p:4\n",
            "    repeat %i = 0 .. 100000000 step 1  @ p:5\n      copy a[0] -> y[0 +: 16]  @ p:4\n"));
    CHANGES.put(Category.NOT_BUILT, new Change("-> a[0]  @ p:1", "-> a[0] on(1, 0, 0)  @ p:1"));
  }

  private static String wrong(Category category) {
    Change change = CHANGES.get(category);
    return HEAD.replace(change.from(), change.to());
  }

  private static void run(String text) {
    Program program = Npl.parse(text);
    Verifier.verify(program, Chip.TOY);
    List<HostArray> arrays =
        program.arrays().stream().map(a -> HostArray.zeros(a.type(), 16)).toList();
    Simulator.on(Chip.TOY).run(program, Launch.of(arrays));
  }

  private static String refusal(Category category) {
    try {
      run(wrong(category));
    } catch (NplException refused) {
      assertThat(refused.category()).as(refused.getMessage()).isEqualTo(category);
      assertThat(refused.code()).isEqualTo(category.code());
      assertThat(refused.getMessage()).contains(" [" + category.code() + "]");
      return refused.getMessage();
    }
    throw new AssertionError("the wrong program of " + category + " is accepted");
  }

  @Test
  void rightProgram_isAccepted() {
    assertThatCode(() -> run(HEAD)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource(Category.class)
  void wrongProgram_isRefusedWithItsCode(Category category) {
    assertThat(wrong(category)).isNotEqualTo(HEAD);
    assertThat(refusal(category)).isNotEmpty();
  }

  @Test
  void codes_areUniqueAndAscend() {
    List<String> codes = Arrays.stream(Category.values()).map(Category::code).toList();
    assertThat(codes).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void page_saysWhatTheCatalogueSays() {
    Golden.check(
        PAGE,
        """
        # Mistakes in tile programs

        What parser, verifier and simulator refuse ends with a code. The code is stable: it names the rule, the rest of the
        message the actual values and the way out, the place in brackets your line. This page is made from the categories of
        `maia.npl.NplException`; the programs are run by a test of room sim. All of them are changes of this one, which is correct:

        ```
        %s```

        """
                .formatted(HEAD)
            + Arrays.stream(Category.values())
                .map(MistakesTest::entry)
                .collect(Collectors.joining("\n")));
  }

  private static String entry(Category category) {
    return "## %s: %s\n\n%s\n\n```diff\n%s```\n\n```\n%s\n```\n"
        .formatted(
            category.code(),
            category.rule(),
            category.explanation(),
            difference(HEAD.lines().toList(), wrong(category).lines().toList()),
            refusal(category));
  }

  /// The lines that differ, between the common beginning and the common end.
  private static String difference(List<String> right, List<String> wrong) {
    int first = 0;
    while (right.get(first).equals(wrong.get(first))) {
      first++;
    }
    int last = 0;
    while (last < Math.min(right.size(), wrong.size()) - first
        && right.get(right.size() - 1 - last).equals(wrong.get(wrong.size() - 1 - last))) {
      last++;
    }
    StringBuilder text = new StringBuilder();
    right.subList(first, right.size() - last).forEach(l -> text.append("-").append(l).append('\n'));
    wrong.subList(first, wrong.size() - last).forEach(l -> text.append("+").append(l).append('\n'));
    return text.toString();
  }
}
