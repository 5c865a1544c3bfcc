package maia.lab.puzzle;

import java.util.List;
import java.util.Map;
import maia.kernel.Kernel;

/// What the checker needs of a puzzle.
///
/// @param cases sizes that are tried with values
/// @param timed sizes of the run that is timed
/// @param budget cycles of that run that give the second star
/// @param tolerance largest error, relative to the largest magnitude of the output
/// @param fill declares arguments of given sizes
/// @param grid programs for given sizes and metas
record Task(List<int[]> cases, int[] timed, long budget, double tolerance, Fill fill, Grid grid) {
  /// Declares the arguments of a trial.
  @FunctionalInterface
  interface Fill {
    void fill(Trial trial, int[] sizes);
  }

  /// Programs along each dimension.
  @FunctionalInterface
  interface Grid {
    int[] of(int[] sizes, Metas metas);
  }

  /// Block sizes that a solution chose.
  ///
  /// @param values every meta of the solution
  record Metas(Map<String, Object> values) {
    /// How many blocks of meta `name` cover `size`.
    int blocks(int size, String name) {
      return Kernel.cdiv(size, block(name));
    }

    private int block(String name) {
      if (values.get(name) instanceof Integer block && block >= 1) {
        return block;
      }
      throw new IllegalArgumentException(
          "the grid of this puzzle follows from '%s', which the kernel does not declare; write int %s = k.meta(\"%s\", 32)"
              .formatted(name, name, name));
    }
  }

  Trial trial(int[] sizes, long seed, boolean hasValues) {
    StringBuilder text = new StringBuilder();
    for (int size : sizes) {
      text.append(text.isEmpty() ? "" : " x ").append(size);
    }
    Trial trial = new Trial(text.toString(), seed, hasValues);
    fill.fill(trial, sizes);
    return trial;
  }
}
