package maia.lab.cli;

import java.util.stream.Collectors;
import maia.lab.puzzle.Puzzle;

/// The files of `./maia new DIR --puzzles`: a student's copy of the first problem set, a method
/// with a stub for each puzzle, and a JUnit test that judges them. Solutions are no part of it.
final class Coursework {
  private Coursework() {}

  /// `Answers.java`: one method for each puzzle, with its text as documentation.
  static String answers() {
    StringBuilder java =
        new StringBuilder(
            """
            import static maia.kernel.Kernel.cdiv;
            import static maia.numerics.DType.*;

            import maia.kernel.Kernel;

            /// Your answers to the first problem set. `./mvnw test` judges them: a test is green when its kernel is right on
            /// every shape. `Puzzle.named("add_ten").hint(1)` in a shell helps.
            final class Answers {
              private Answers() {}
            """);
    for (Puzzle puzzle : Puzzle.all()) {
      java.append('\n');
      String about =
          "Puzzle %d: %s.%n%n%s".formatted(puzzle.number(), puzzle.title(), puzzle.text());
      about.lines().forEach(line -> java.append(("  /// " + line).stripTrailing()).append('\n'));
      java.append("  static Kernel ").append(puzzle.name()).append("() {\n");
      puzzle.stub().lines().forEach(line -> java.append("    ").append(line).append('\n'));
      java.append("    return mine;\n  }\n");
    }
    return java.append("}\n").toString();
  }

  /// `AnswersTest.java`: the judge.
  static String test() {
    String names =
        Puzzle.all().stream()
            .map(puzzle -> "      \"%s\"".formatted(puzzle.name()))
            .collect(Collectors.joining(",\n"));
    return """
    import java.lang.reflect.InvocationTargetException;
    import maia.kernel.Kernel;
    import maia.lab.puzzle.Puzzle;
    import org.junit.jupiter.params.ParameterizedTest;
    import org.junit.jupiter.params.provider.ValueSource;

    /// One star is for right values on every shape, the second for staying within the budget of cycles.
    class AnswersTest {
      private static final int STARS = 1;

      @ParameterizedTest
      @ValueSource(
          strings = {
    %s
          })
      void answer_isRight(String name) throws ReflectiveOperationException {
        Kernel answer;
        try {
          answer = (Kernel) Answers.class.getDeclaredMethod(name).invoke(null);
        } catch (InvocationTargetException refused) {
          throw new AssertionError(refused.getCause().getMessage(), refused.getCause());
        }
        Puzzle.named(name).check(answer).atLeast(STARS);
      }
    }
    """
        .formatted(names.indent(4).stripTrailing());
  }
}
