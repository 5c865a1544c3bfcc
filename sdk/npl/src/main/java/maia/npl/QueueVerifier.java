package maia.npl;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.base.Origin;

/// Checks the instructions of one queue.
record QueueVerifier(
    OperandVerifier operands, DmaVerifier dma, TensorVerifier tensor, VectorVerifier vector) {

  QueueVerifier(OperandVerifier operands) {
    this(
        operands,
        new DmaVerifier(operands),
        new TensorVerifier(operands),
        new VectorVerifier(operands));
  }

  void block(List<Instr> body, Set<String> variables) {
    for (Instr instr : body) {
      instr(instr, variables);
    }
  }

  private void instr(Instr instr, Set<String> vars) {
    Origin at = instr.origin();
    switch (instr) {
      case Instr.Wait w -> operands.semaphore("wait", w.semaphore(), w.count(), vars, at);
      case Instr.Signal s -> operands.semaphore("signal", s.semaphore(), s.count(), vars, at);
      case Instr.Copy c -> dma.copy(c, vars);
      case Instr.Mma m -> tensor.mma(m, vars);
      case Instr.MmaScaled m -> tensor.mmaScaled(m, vars);
      case Instr.Map m -> vector.map(m, vars);
      case Instr.Reduce r -> vector.reduce(r, vars);
      case Instr.Quantize q -> vector.quantize(q, vars);
      case Instr.Set s -> {
        Fault.structure(
            !vars.contains(s.register()) && !Builtin.ALL.contains(s.register()),
            at,
            "set: '%%%s' is a loop variable or a built-in register; choose another name",
            s.register());
        operands.expr(s.value(), vars, at);
      }
      case Instr.Repeat r -> {
        operands.expr(r.from(), vars, at);
        operands.expr(r.to(), vars, at);
        operands.expr(r.step(), vars, at);
        Fault.structure(
            !Builtin.ALL.contains(r.variable()),
            at,
            "repeat: '%%%s' is a built-in register; choose another name",
            r.variable());
        var inner = new HashSet<>(vars);
        inner.add(r.variable());
        block(r.body(), inner);
      }
      case Instr.When w -> {
        operands.expr(w.condition(), vars, at);
        block(w.then(), vars);
        block(w.otherwise(), vars);
      }
    }
  }
}
