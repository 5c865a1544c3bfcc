package maia.npl;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.base.Origin;

/// Checks the instructions of one queue.
record QueueVerifier(
    OperandVerifier operands,
    DmaVerifier dma,
    TensorVerifier tensor,
    VectorVerifier vector,
    IrregularVerifier irregular) {

  QueueVerifier(OperandVerifier operands) {
    this(
        operands,
        new DmaVerifier(operands),
        new TensorVerifier(operands),
        new VectorVerifier(operands),
        new IrregularVerifier(operands, new VectorVerifier(operands)));
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
      case Instr.Irregular i -> irregular.check(i, vars);
      case Instr.Set s -> {
        register("set", s.register(), vars, at);
        operands.expr(s.value(), vars, at);
      }
      case Instr.Load l -> load(l, vars);
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
      case Instr.While w -> {
        block(w.condition(), vars);
        operands.expr(w.test(), vars, at);
        block(w.body(), vars);
      }
    }
  }

  private static void register(String what, String name, Set<String> vars, Origin at) {
    Fault.structure(
        !vars.contains(name) && !Builtin.ALL.contains(name),
        at,
        "%s: '%%%s' is a loop variable or a built-in register; choose another name",
        what,
        name);
  }

  private void load(Instr.Load l, Set<String> vars) {
    register("load", l.register(), vars, l.origin());
    var buffer = operands.tile("load", l.from(), vars, l.origin());
    Fault.structure(
        operands.queue().engine() != Engine.CLUSTER_DMA,
        l.origin(),
        "load: cluster queue '%s' cannot read tile SRAM; load in a queue of the tile",
        operands.queue().name());
    Fault.type(
        !buffer.type().isFloat(),
        l.origin(),
        "load: a register holds an integer, '%s' is %s; cast or compare on the vector unit",
        buffer.name(),
        buffer.type().label());
    Fault.structure(
        l.from().shape().stream().allMatch(s -> s == 1),
        l.origin(),
        "load: a register holds one element, the box of '%s' is %s",
        buffer.name(),
        l.from().shape());
  }
}
