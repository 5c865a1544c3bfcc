package maia.kernel;

import java.util.List;
import maia.kernel.ir.Func;
import maia.npl.Program;

/// A compiled kernel; it serves all array sizes.
///
/// @param func what was compiled
/// @param stages the function after each pass, then the tile program
/// @param program the tile program
/// @param memory the memory map: every buffer with its slots, bytes and line
public record Compiled(Func func, List<Stage> stages, Program program, String memory) {
  public Compiled {
    stages = List.copyOf(stages);
  }
}
