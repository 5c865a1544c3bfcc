package maia.npl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import maia.base.Check;
import maia.machine.Machine;
import maia.numerics.DType;

/// Finds instructions that rely on unpublished properties of the tensor unit.
final class Assumptions {
  private final Map<String, DType> types = new HashMap<>();
  private final Machine machine;
  private final TreeSet<DType> found = new TreeSet<>();

  private Assumptions(Machine machine) {
    this.machine = machine;
  }

  static List<String> of(Program program, Machine machine) {
    var search = new Assumptions(machine);
    program.buffers().forEach(b -> search.types.put(b.name(), b.type()));
    program.queues().forEach(q -> search.block(q.body()));
    List<String> notes = new ArrayList<>();
    for (DType type : search.found) {
      notes.add(
          "assumed: tensor unit input %s (%s)"
              .formatted(type.label(), citation(machine, "ttu.depth." + type.label())));
    }
    return notes;
  }

  private static String citation(Machine machine, String row) {
    return Check.present(machine.sources().get(row), "Assumptions", row).citation();
  }

  private void block(List<Instr> body) {
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Mma m -> note(m.a(), m.b());
        case Instr.MmaScaled m -> note(m.a(), m.b());
        case Instr.Repeat r -> block(r.body());
        case Instr.When w -> {
          block(w.then());
          block(w.otherwise());
        }
        case Instr.While w -> {
          block(w.condition());
          block(w.body());
        }
        case Instr.Load _, Instr.Irregular _ -> {}
        case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Map _ -> {}
        case Instr.Reduce _, Instr.Quantize _, Instr.Set _ -> {}
      }
    }
  }

  private void note(Place.Region... operands) {
    for (Place.Region r : operands) {
      DType type = types.get(r.buffer());
      if (type != null && machine.isAssumedTensorType(type)) {
        found.add(type);
      }
    }
  }
}
