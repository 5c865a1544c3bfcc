package maia.sim;

import java.util.List;
import maia.npl.Instr;
import maia.npl.Program;

/// Finds out whether some atomic of a program returns what an array held before: only then can a
/// program learn from the array what others have done.
final class AtomicSearch {
  private AtomicSearch() {}

  static boolean returnsOld(Program program, String array) {
    return program.queues().stream().anyMatch(q -> search(q.body(), array));
  }

  private static boolean search(List<Instr> body, String array) {
    return body.stream()
        .anyMatch(instr ->
            switch (instr) {
              case Instr.Irregular i ->
                  i instanceof Instr.Atomic a
                      && a.old().isPresent()
                      && a.target().array().equals(array);
              case Instr.Repeat r -> search(r.body(), array);
              case Instr.When w -> search(w.then(), array) || search(w.otherwise(), array);
              case Instr.While w -> search(w.condition(), array) || search(w.body(), array);
              case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _ -> false;
              case Instr.MmaScaled _, Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> false;
              case Instr.Set _, Instr.Load _ -> false;
            });
  }
}
