package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.BuildStamp;
import maia.base.DiskCache;
import maia.kernel.ir.Func;
import maia.kernel.lower.GridMap;
import maia.machine.Machine;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.DType;

/// Compiled kernels kept between processes, as text: the key is the function, the machine and the
/// build of the SDK; the content is every stage, the last of which is the tile program in its text
/// form, and the memory map (decision 026).
final class CompileCache {
  /// The name of the cache's folder.
  static final String NAME = "programs";

  private static final int FILES = 512;
  private static final int BYTES_EACH = 1 << 20;

  /// The build that runs, found once: no build, no cache.
  private static final Optional<String> BUILD =
      BuildStamp.of(Compiler.class, Program.class, Machine.class, DType.class);

  private CompileCache() {}

  static Optional<DiskCache> cache() {
    return BUILD.isEmpty() ? Optional.empty() : DiskCache.named(NAME, FILES, BYTES_EACH);
  }

  /// What was kept of `func` on `machine`, its grid laid over the chip as `map` says.
  static Optional<Compiled> find(Func func, Machine machine, GridMap map) {
    return cache().flatMap(c -> c.get(key(func, machine, map))).flatMap(text -> read(func, text));
  }

  /// Keeps `compiled`.
  static void keep(Compiled compiled, Machine machine, GridMap map) {
    cache().ifPresent(c -> c.put(key(compiled.func(), machine, map), write(compiled)));
  }

  /// What a result on `machine` depends on besides what ran: the machine and the build.
  static String surroundings(Machine machine) {
    return "--- sdk\n" + BUILD.orElse("") + "\n--- machine\n" + MachineText.of(machine);
  }

  private static String key(Func func, Machine machine, GridMap map) {
    return surroundings(machine) + "--- mapping\n" + map.key() + "\n--- function\n" + func;
  }

  static String write(Compiled compiled) {
    StringBuilder text = new StringBuilder();
    for (Stage stage : compiled.stages()) {
      section(text, "stage " + stage.name(), stage.text());
    }
    section(text, "memory", compiled.memory());
    return text.toString();
  }

  private static void section(StringBuilder text, String head, String body) {
    text.append(head).append(": ").append(body.length()).append(" characters\n");
    text.append(body).append('\n');
  }

  /// Empty when `text` is not what [#write] makes.
  static Optional<Compiled> read(Func func, String text) {
    List<Stage> stages = new ArrayList<>();
    try {
      int at = 0;
      while (true) {
        int end = text.indexOf('\n', at);
        String head = text.substring(at, end);
        int colon = head.lastIndexOf(": ");
        int length = Integer.parseInt(head.substring(colon + 2, head.lastIndexOf(' ')));
        String body = text.substring(end + 1, end + 1 + length);
        at = end + 2 + length;
        if (head.startsWith("stage ")) {
          stages.add(new Stage(head.substring("stage ".length(), colon), body));
        } else {
          Program program = Npl.parse(stages.getLast().text());
          return Optional.of(new Compiled(func, stages, program, body));
        }
      }
    } catch (RuntimeException notOurs) {
      return Optional.empty(); // compiled anew
    }
  }
}
