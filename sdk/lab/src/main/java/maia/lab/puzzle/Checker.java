package maia.lab.puzzle;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import maia.base.MaiaException;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Run;
import maia.lab.CellGrid;
import maia.runtime.SimulatedLauncher;

/// Runs a solution and compares.
final class Checker {
  /// Cells of a drawing.
  private static final int ROWS = 12;

  private static final int COLUMNS = 32;

  private final Puzzle puzzle;
  private final Task task;
  private final Kernel solution;

  Checker(Puzzle puzzle, Task task, Kernel solution) {
    this.puzzle = puzzle;
    this.task = task;
    this.solution = solution;
  }

  Verdict verdict() {
    return new Verdict(puzzle.title(), outcome());
  }

  private Verdict.Outcome outcome() {
    String sizes = "";
    try {
      for (int i = 0; i < task.cases().size(); i++) {
        Trial trial = task.trial(task.cases().get(i), i + 1L, true);
        KernelLaunch launch = launch(task.cases().get(i));
        sizes = trial.sizes();
        launch.run(trial.values());
        Optional<Verdict.Outcome> wrong = compare(trial);
        if (wrong.isPresent()) {
          return wrong.get();
        }
      }
      sizes = "";
      Run run = launch(task.timed()).timing(task.trial(task.timed(), 0, false).values());
      return new Verdict.Right(run.cycles(), task.budget(), run.bound());
    } catch (MaiaException | IllegalArgumentException mistake) {
      return new Verdict.Refused(sizes, String.valueOf(mistake.getMessage()));
    }
  }

  private KernelLaunch launch(int[] sizes) {
    Task.Metas metas = new Task.Metas(solution.trace().metas());
    return solution.grid(task.grid().of(sizes, metas)).on(new SimulatedLauncher());
  }

  private Optional<Verdict.Outcome> compare(Trial trial) {
    for (Trial.Argument argument : trial.arguments()) {
      Optional<Verdict.Outcome> wrong = compare(trial, argument);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  /// Outputs come close to what is expected, inputs stay as they were.
  private Optional<Verdict.Outcome> compare(Trial trial, Trial.Argument argument) {
    double[] expected = argument.given();
    float[] found = argument.array().toFloats();
    double allowed = argument.isOutput() ? task.tolerance() * largest(expected) : 0;
    BitSet wrong = new BitSet();
    for (int i = 0; i < expected.length; i++) {
      boolean isClose = Math.abs(found[i] - expected[i]) <= allowed;
      boolean isSame = !argument.isOutput() && found[i] == (float) expected[i];
      wrong.set(i, !isClose && !isSame);
    }
    if (wrong.isEmpty()) {
      return Optional.empty();
    }
    int first = wrong.nextSetBit(0);
    long[] shape = argument.array().shape();
    return Optional.of(
        new Verdict.Wrong(
            trial.sizes(),
            argument.isOutput() ? argument.name() : "input " + argument.name() + ", changed: ",
            index(first, shape),
            expected[first],
            found[first],
            wrong.cardinality(),
            expected.length,
            drawing(argument.name(), shape, wrong, expected, found)));
  }

  private static double largest(double[] values) {
    double most = 1e-30;
    for (double value : values) {
      most = Math.max(most, Math.abs(value));
    }
    return most;
  }

  private static List<Integer> index(int at, long[] shape) {
    List<Integer> index = new ArrayList<>();
    long rest = at;
    for (int d = shape.length - 1; d >= 0; d--) {
      index.addFirst((int) (rest % shape[d]));
      rest /= shape[d];
    }
    return index;
  }

  /// The last two dimensions around the first wrong element.
  private static CellGrid drawing(
      String name, long[] shape, BitSet wrong, double[] expected, float[] found) {
    int columns = (int) shape[shape.length - 1];
    int rows = shape.length == 1 ? 1 : (int) shape[shape.length - 2];
    int first = wrong.nextSetBit(0);
    int plane = first / (rows * columns) * rows * columns;
    int top = Math.clamp((first - plane) / columns - ROWS / 2, 0, Math.max(0, rows - ROWS));
    int left = Math.clamp(first % columns - COLUMNS / 2, 0, Math.max(0, columns - COLUMNS));
    List<String> marks = new ArrayList<>();
    for (int r = top; r < Math.min(rows, top + ROWS); r++) {
      StringBuilder row = new StringBuilder();
      for (int c = left; c < Math.min(columns, left + COLUMNS); c++) {
        row.append(mark(plane + r * columns + c, first, wrong, found));
      }
      marks.add(row.toString());
    }
    String where = name + (rows > 1 ? ", rows from " + top + "," : ",") + " columns from " + left;
    return CellGrid.of(title(name, index(first, shape), expected[first], found[first]))
        .panel(where, marks.toArray(String[]::new))
        .legend('o', "right")
        .legend('x', "wrong")
        .legend('!', "first wrong")
        .legend('?', "NaN or unwritten");
  }

  private static String title(String name, List<Integer> index, double expected, float found) {
    return "%s%s: expected %s, got %s".formatted(name, index, (float) expected, found);
  }

  private static char mark(int at, int first, BitSet wrong, float[] found) {
    if (at == first) {
      return '!';
    }
    if (!wrong.get(at)) {
      return 'o';
    }
    return Float.isNaN(found[at]) ? '?' : 'x';
  }
}
