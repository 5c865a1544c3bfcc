package maia.sim;

import java.util.List;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Program;

/// Finds the last instruction that signals a semaphore family.
final class SignalSearch {
  private SignalSearch() {}

  static Origin find(Program program, String family) {
    Origin found = new Origin(program.name(), 1, "");
    for (Program.Queue q : program.queues()) {
      found = search(q.body(), family, found);
    }
    return found;
  }

  private static Origin search(List<Instr> body, String family, Origin before) {
    Origin found = before;
    for (Instr instr : body) {
      found =
          switch (instr) {
            case Instr.Signal s -> s.semaphore().name().equals(family) ? s.origin() : found;
            case Instr.Repeat r -> search(r.body(), family, found);
            case Instr.When w -> search(w.otherwise(), family, search(w.then(), family, found));
            case Instr.While w -> search(w.body(), family, search(w.condition(), family, found));
            case Instr.Load _, Instr.Irregular _ -> found;
            case Instr.Wait _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _, Instr.Map _ -> found;
            case Instr.Reduce _, Instr.Quantize _, Instr.Set _ -> found;
          };
    }
    return found;
  }
}
