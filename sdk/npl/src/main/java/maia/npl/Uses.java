package maia.npl;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Which arrays the copies of a program read and write.
record Uses(Set<String> read, Set<String> written) {
  static Uses of(List<Program.Queue> queues) {
    Uses uses = new Uses(new HashSet<>(), new HashSet<>());
    queues.forEach(q -> uses.collect(q.body()));
    return uses;
  }

  Program.Access access(String array) {
    if (!written.contains(array)) {
      return Program.Access.IN;
    }
    return read.contains(array) ? Program.Access.IN_OUT : Program.Access.OUT;
  }

  private void note(String array, Instr.Irregular by) {
    if (!(by instanceof Instr.Scatter)) {
      read.add(array);
    }
    if (!(by instanceof Instr.Gather)) {
      written.add(array);
    }
  }

  private void collect(List<Instr> body) {
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Copy copy -> {
          if (copy.from() instanceof Place.Window(var array, _)) {
            read.add(array);
          }
          if (copy.to() instanceof Place.Window(var array, _)) {
            written.add(array);
          }
        }
        case Instr.Repeat repeat -> collect(repeat.body());
        case Instr.When when -> {
          collect(when.then());
          collect(when.otherwise());
        }
        case Instr.While w -> {
          collect(w.condition());
          collect(w.body());
        }
        case Instr.Irregular i -> i.lookup().ifPresent(l -> note(l.array(), i));
        case Instr.Load _ -> {}
        case Instr.Wait _, Instr.Signal _, Instr.Mma _, Instr.MmaScaled _ -> {}
        case Instr.Map _, Instr.Reduce _, Instr.Quantize _, Instr.Set _ -> {}
      }
    }
  }
}
