package maia.npl;

import java.util.List;
import java.util.Set;

/// The registers a queue sets.
final class Registers {
  private Registers() {}

  static void collect(List<Instr> body, Set<String> into) {
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Set set -> into.add(set.register());
        case Instr.Repeat repeat -> collect(repeat.body(), into);
        case Instr.When when -> {
          collect(when.then(), into);
          collect(when.otherwise(), into);
        }
        case Instr.While w -> {
          collect(w.condition(), into);
          collect(w.body(), into);
        }
        case Instr.Load load -> into.add(load.register());
        case Instr.Irregular _ -> {}
        case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _ -> {}
        case Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> {}
      }
    }
  }
}
