package maia.sim;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program;

/// Where in a program something is: who waits, who signals, who copies.
final class ProgramMap {
  /// An instruction that copies from an array into a buffer.
  record Fill(String queue, String buffer, Origin origin) {}

  private final Program program;

  ProgramMap(Program program) {
    this.program = program;
  }

  /// The queues with a signal of the semaphore family.
  Set<String> signallers(String family) {
    var queues = new LinkedHashSet<String>();
    each((queue, instr) -> {
      if (instr instanceof Instr.Signal s && s.semaphore().name().equals(family)) {
        queues.add(queue);
      }
    });
    return queues;
  }

  /// The first wait of `queue` for the family.
  Origin waitIn(String queue, String family) {
    var found = new ArrayList<Origin>();
    each((name, instr) -> {
      if (name.equals(queue)
          && instr instanceof Instr.Wait w
          && w.semaphore().name().equals(family)) {
        found.add(w.origin());
      }
    });
    return found.isEmpty() ? definition() : found.get(0);
  }

  /// Copies from HBM.
  List<Fill> fills() {
    var found = new ArrayList<Fill>();
    each((queue, instr) -> {
      if (instr instanceof Instr.Copy(Place.Window _, Place.Region to, _, var origin)) {
        found.add(new Fill(queue, to.buffer(), origin));
      }
    });
    return found;
  }

  /// The instruction at `origin` in `queue`.
  Optional<Instr> at(String queue, Origin origin) {
    var found = new ArrayList<Instr>();
    each((name, instr) -> {
      if (name.equals(queue) && instr.origin().equals(origin)) {
        found.add(instr);
      }
    });
    return found.stream()
        .filter(i -> !(i instanceof Instr.Wait || i instanceof Instr.Signal))
        .findFirst();
  }

  Optional<Program.Buffer> buffer(String name) {
    return program.buffers().stream().filter(b -> b.name().equals(name)).findFirst();
  }

  /// The line of the loop over programs, or the definition.
  Origin definition() {
    return new Origin(program.name(), 1, "");
  }

  private void each(BiConsumer<String, Instr> visitor) {
    program.queues().forEach(q -> block(q.name(), q.body(), visitor));
  }

  private static void block(String queue, List<Instr> body, BiConsumer<String, Instr> visitor) {
    for (Instr instr : body) {
      visitor.accept(queue, instr);
      if (instr instanceof Instr.Repeat r) {
        block(queue, r.body(), visitor);
      } else if (instr instanceof Instr.When w) {
        block(queue, w.then(), visitor);
        block(queue, w.otherwise(), visitor);
      }
    }
  }
}
