package maia.sim;

import java.util.List;
import maia.base.Origin;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program;

/// Finds the last instruction that stores to an array.
final class StoreSearch {
  private StoreSearch() {}

  static Origin find(Program program, String array) {
    Origin found = new Origin(program.name(), 1, "");
    for (Program.Queue q : program.queues()) {
      found = search(q.body(), array, found);
    }
    return found;
  }

  private static Origin search(List<Instr> body, String array, Origin before) {
    Origin found = before;
    for (Instr instr : body) {
      found =
          switch (instr) {
            case Instr.Copy c ->
                c.to() instanceof Place.Window(var name, _) && name.equals(array)
                    ? c.origin()
                    : found;
            case Instr.Repeat r -> search(r.body(), array, found);
            case Instr.When w -> search(w.otherwise(), array, search(w.then(), array, found));
            case Instr.While w -> search(w.body(), array, search(w.condition(), array, found));
            case Instr.Irregular i ->
                !(i instanceof Instr.Gather)
                        && i.lookup().filter(l -> l.array().equals(array)).isPresent()
                    ? i.origin()
                    : found;
            case Instr.Load _ -> found;
            case Instr.Wait _, Instr.Signal _, Instr.Mma _, Instr.MmaScaled _ -> found;
            case Instr.Map _, Instr.Reduce _, Instr.Quantize _, Instr.Set _ -> found;
          };
    }
    return found;
  }
}
