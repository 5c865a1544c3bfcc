package maia.kernel;

import java.util.Map;
import maia.base.Rich;
import maia.machine.Machine;

/// How a kernel runs: the function with source lines, the tile program and the memory map.
///
/// @param text all of it as text
public record Explanation(String text) implements Rich {
  static Explanation of(Compiled compiled, Machine machine) {
    Stage last = compiled.stages().getLast();
    return new Explanation(
        """
        kernel %s on %s

        %s
        -- memory of a tile
        %s
        -- tile program
        %s\
        """
            .formatted(
                compiled.func().name(), machine, compiled.func(), compiled.memory(), last.text()));
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", text);
  }

  @Override
  public String toString() {
    return text;
  }
}
