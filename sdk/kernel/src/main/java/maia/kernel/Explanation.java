package maia.kernel;

import java.util.Map;
import maia.base.Rich;
import maia.machine.Machine;

/// How a kernel runs: the function with source lines, the tile program and the memory map.
///
/// @param text all of it as text
public record Explanation(String text) implements Rich {
  private static final String SLOW =
      "  slow: its places are data or its mask is no box, so it pays one descriptor per run of"
          + " neighbouring elements\n";

  static Explanation of(Compiled compiled, Machine machine) {
    Stage last = compiled.stages().getLast();
    return new Explanation(
        """
        kernel %s on %s

        %s
        -- mapping
        %s
        -- memory of a tile
        %s
        -- accesses and the DMA each became
        %s
        -- tile program
        %s\
        """
            .formatted(
                compiled.func().name(),
                machine,
                compiled.func(),
                mapping(compiled),
                compiled.memory(),
                accesses(last.text()),
                last.text()));
  }

  private static String mapping(Compiled compiled) {
    return compiled.stages().stream()
        .filter(stage -> stage.name().equals("mapping"))
        .map(Stage::text)
        .findFirst()
        .orElse("");
  }

  /// The copies of the tile program, each with its queue.
  private static String accesses(String program) {
    StringBuilder out = new StringBuilder();
    String queue = "";
    for (String line : program.lines().map(String::strip).toList()) {
      if (line.startsWith("queue ")) {
        queue = line.substring("queue ".length());
      } else if (line.startsWith("copy ")) {
        out.append(queue).append(": ").append(line.substring("copy ".length())).append('\n');
      } else if (line.startsWith("gather ") || line.startsWith("scatter ")) {
        out.append(queue).append(": ").append(line).append('\n').append(SLOW);
      } else if (line.startsWith("atomic ")) {
        out.append(queue).append(": ").append(line).append('\n');
      }
    }
    return out.toString();
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
