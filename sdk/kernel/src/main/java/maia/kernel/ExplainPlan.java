package maia.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.kernel.Explanation.Section;
import maia.kernel.Explanation.Sized;
import maia.machine.Machine;
import maia.npl.Instr;
import maia.npl.NplText;
import maia.npl.Place;
import maia.npl.Program;
import maia.numerics.DType;

/// The parts of an explanation that show plans: how programs are dealt to tiles, and the DMAs.
final class ExplainPlan {
  private ExplainPlan() {}

  // ---- the grid

  static Section grid(Compiled compiled, Machine machine, Optional<Sized> sized) {
    Program program = compiled.program();
    List<List<String>> rows = new ArrayList<>();
    String loops =
        program.queues().isEmpty()
            ? ""
            : program.queues().getFirst().body().stream()
                .filter(instr -> instr instanceof Instr.Repeat)
                .map(instr -> NplText.print(instr, program))
                .collect(Collectors.joining("; "));
    boolean every = program.placement() == Program.Placement.EVERY_TILE;
    rows.add(List.of("tiles", every ? String.valueOf(machine.tiles()) : "1"));
    Optional<Stage> mapping =
        compiled.stages().stream().filter(stage -> stage.name().equals("mapping")).findFirst();
    mapping.ifPresent(stage -> rows.add(List.of("mapping", stage.text().strip())));
    if (!loops.isEmpty()) {
      rows.add(List.of("each tile executes", loops));
    }
    boolean isFlat = mapping.isEmpty() || mapping.get().text().startsWith("program p ");
    sized
        .filter(_ -> isFlat)
        .ifPresent(s -> {
          long programs = s.run().programs();
          if (programs > 0) {
            long fullest = Math.ceilDiv(programs, machine.tiles());
            rows.add(List.of("programs", String.valueOf(programs)));
            rows.add(List.of("programs of the fullest tile", String.valueOf(fullest)));
            rows.add(
                List.of(
                    "tiles that work in the last turn",
                    "%d of %d"
                        .formatted(programs - (fullest - 1) * machine.tiles(), machine.tiles())));
          }
        });
    return new Section("programs and tiles", List.of("", ""), rows);
  }

  // ---- DMA

  /// Every copy instruction with the box it moves; those in loops stand once.
  static Section dma(Program program) {
    List<List<String>> rows = new ArrayList<>();
    Map<String, DType> types = new HashMap<>();
    program.arrays().forEach(a -> types.put(a.name(), a.type()));
    program.buffers().forEach(b -> types.put(b.name(), b.type()));
    long[] totals = new long[3];
    for (Program.Queue queue : program.queues()) {
      collect(queue, queue.body(), program, types, rows, totals);
    }
    rows.add(
        List.of(
            "sum",
            "",
            "%d DMAs, %d gathers, scatters and atomics".formatted(totals[0], totals[1]),
            String.valueOf(totals[2]),
            ""));
    return new Section(
        "accesses and the DMA each became",
        List.of("queue", "line", "kind", "bytes", "instruction"),
        rows);
  }

  private static void collect(
      Program.Queue queue,
      List<Instr> body,
      Program program,
      Map<String, DType> types,
      List<List<String>> rows,
      long[] totals) {
    for (Instr instr : body) {
      String text = NplText.print(instr, program);
      boolean isIndexed =
          instr instanceof Instr.Gather
              || instr instanceof Instr.Scatter
              || instr instanceof Instr.Atomic;
      if (instr instanceof Instr.Copy copy) {
        long bytes = bytes(copy, types);
        totals[0]++;
        totals[2] += bytes;
        rows.add(row(queue, instr, kind(copy), String.valueOf(bytes), text));
      } else if (isIndexed) {
        totals[1]++;
        rows.add(row(queue, instr, text.substring(0, text.indexOf(' ')), "", text));
      } else if (instr instanceof Instr.Repeat repeat) {
        collect(queue, repeat.body(), program, types, rows, totals);
      } else if (instr instanceof Instr.When when) {
        collect(queue, when.then(), program, types, rows, totals);
        collect(queue, when.otherwise(), program, types, rows, totals);
      } else if (instr instanceof Instr.While loop) {
        collect(queue, loop.condition(), program, types, rows, totals);
        collect(queue, loop.body(), program, types, rows, totals);
      }
    }
  }

  private static List<String> row(
      Program.Queue queue, Instr instr, String kind, String bytes, String text) {
    return List.of(queue.name(), instr.origin().toString(), kind, bytes, text);
  }

  private static String kind(Instr.Copy copy) {
    String verb = copy.to() instanceof Place.Window ? "store" : "load";
    if (copy.from() instanceof Place.Region && copy.to() instanceof Place.Region) {
      verb = "on chip";
    }
    long wide = extents(copy).stream().filter(n -> n > 1).count();
    return verb + " " + Math.max(1, wide) + "D";
  }

  private static List<Integer> extents(Instr.Copy copy) {
    Place place = copy.from() instanceof Place.Window ? copy.from() : copy.to();
    return switch (place) {
      case Place.Window w -> w.axes().stream().map(Place.Axis::extent).toList();
      case Place.Region r -> r.extent();
    };
  }

  private static long bytes(Instr.Copy copy, Map<String, DType> types) {
    Place place = copy.from() instanceof Place.Window ? copy.from() : copy.to();
    String name =
        switch (place) {
          case Place.Window w -> w.array();
          case Place.Region r -> r.buffer();
        };
    long elements = 1;
    for (int extent : extents(copy)) {
      elements *= extent;
    }
    DType type = types.get(name);
    return type == null ? 0 : type.bytes(elements);
  }
}
