package maia.kernel.mutants;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program;
import maia.npl.SemaphoreRef;

/// A program whose instructions are numbered, so that a report names one of them.
final class Listing {
  /// A numbered instruction that is no loop and no branch.
  ///
  /// @param loop the innermost loop around it
  record Line(int number, String queue, Instr instr, Optional<Instr.Repeat> loop) {
    /// Buffers it touches.
    Set<String> buffers() {
      var names = new TreeSet<String>();
      Rebuild.visit(
          instr,
          part -> {
            if (part instanceof Place.Region r) {
              names.add(r.buffer());
            }
          });
      return names;
    }

    /// Arrays it touches.
    Set<String> arrays() {
      var names = new TreeSet<String>();
      Rebuild.visit(
          instr,
          part -> {
            if (part instanceof Place.Window w) {
              names.add(w.array());
            }
          });
      return names;
    }

    boolean isAccess() {
      return !buffers().isEmpty();
    }

    boolean waitsFor(String family) {
      return instr instanceof Instr.Wait w && w.semaphore().name().equals(family);
    }

    boolean signals(String family) {
      return instr instanceof Instr.Signal s && s.semaphore().name().equals(family);
    }
  }

  final Program program;
  final Map<Integer, Line> lines = new LinkedHashMap<>();
  private int last = 1;

  private Listing(Program source) {
    program = queues(source, q -> block(q.name(), q.body(), Optional.empty()));
  }

  private static Program queues(Program p, Function<Program.Queue, List<Instr>> body) {
    List<Program.Queue> queues =
        p.queues().stream().map(q -> Rebuild.with(q, "body", body.apply(q))).toList();
    return Rebuild.with(p, "queues", queues);
  }

  /// `source` with the number of each instruction as its line.
  static Listing of(Program source) {
    return new Listing(source);
  }

  private List<Instr> block(String queue, List<Instr> body, Optional<Instr.Repeat> loop) {
    return body.stream().map(instr -> number(queue, instr, loop)).toList();
  }

  private Instr number(String queue, Instr instr, Optional<Instr.Repeat> loop) {
    var origin = new Origin(program(instr), ++last, "");
    Optional<Instr.Repeat> inner = instr instanceof Instr.Repeat r ? Optional.of(r) : loop;
    if (!isNested(instr)) {
      var numbered = (Instr) Rebuild.map(instr, part -> part instanceof Origin ? origin : part);
      lines.put(origin.line(), new Line(origin.line(), queue, numbered, loop));
      return numbered;
    }
    return (Instr)
        Rebuild.components(
            (Record) instr,
            (_, part) ->
                part instanceof Origin
                    ? origin
                    : isBlock(part) ? block(queue, instructions(part), inner) : part);
  }

  private static boolean isBlock(Object part) {
    return part instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Instr;
  }

  private static List<Instr> instructions(Object block) {
    return ((List<?>) block).stream().map(Instr.class::cast).toList();
  }

  /// Whether an instruction contains others.
  private static boolean isNested(Instr instr) {
    boolean[] found = {false};
    Rebuild.visit(instr, part -> found[0] |= part != instr && part instanceof Instr);
    return found[0] || instr instanceof Instr.Repeat || instr instanceof Instr.When;
  }

  private static String program(Instr instr) {
    return instr.origin().program().isEmpty() ? "program" : instr.origin().program();
  }

  /// The program with instruction `number` replaced by what `change` makes of it.
  Program edit(int number, Function<Instr, List<Instr>> change) {
    return queues(program, q -> edit(q.body(), number, change));
  }

  private static List<Instr> edit(
      List<Instr> body, int number, Function<Instr, List<Instr>> change) {
    var out = new ArrayList<Instr>();
    for (Instr instr : body) {
      if (isNested(instr)) {
        out.add(
            (Instr)
                Rebuild.components(
                    (Record) instr,
                    (_, part) -> isBlock(part) ? edit(instructions(part), number, change) : part));
      } else if (instr.origin().line() == number) {
        out.addAll(change.apply(instr));
      } else {
        out.add(instr);
      }
    }
    return out;
  }

  /// The program with other buffers.
  Program withBuffers(List<Program.Buffer> buffers, List<Program.Queue> queues) {
    return Rebuild.with(Rebuild.with(program, "buffers", buffers), "queues", queues);
  }

  /// The numbers of the lines that `test` accepts.
  Set<Integer> numbers(java.util.function.Predicate<Line> test) {
    var found = new TreeSet<Integer>();
    lines.values().stream().filter(test).forEach(line -> found.add(line.number()));
    return found;
  }

  /// Accesses of the buffers.
  Set<Integer> accesses(Set<String> buffers) {
    return numbers(line -> line.buffers().stream().anyMatch(buffers::contains));
  }

  Set<Integer> waits(String family) {
    return numbers(line -> line.waitsFor(family));
  }

  Set<Integer> signals(String family) {
    return numbers(line -> line.signals(family));
  }

  /// Accesses in the queues that wait for or signal `family`.
  Set<Integer> accessesAround(String family) {
    var queues = new TreeSet<String>();
    lines.values().stream()
        .filter(line -> line.waitsFor(family) || line.signals(family))
        .forEach(line -> queues.add(line.queue()));
    return numbers(line -> line.isAccess() && queues.contains(line.queue()));
  }

  Program.Buffer buffer(String name) {
    return program.buffers().stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow();
  }

  Program.Semaphore family(SemaphoreRef ref) {
    return program.semaphores().stream()
        .filter(s -> s.name().equals(ref.name()))
        .findFirst()
        .orElseThrow();
  }
}
