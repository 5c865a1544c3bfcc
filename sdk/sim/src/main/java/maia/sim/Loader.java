package maia.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Program;

/// Turns the body of a queue into a control stream.
final class Loader {
  private final Binding binding;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> globals = new LinkedHashMap<>();
  private final Map<String, Integer> builtins = new HashMap<>();
  private final Expressions expressions = new Expressions();
  private int registers;

  private Loader(Binding binding) {
    this.binding = binding;
  }

  static QueueCode load(Binding binding, Program.Queue queue) {
    var loader = new Loader(binding);
    for (String name :
        List.of(
            Builtin.TILE,
            Builtin.TILES,
            Builtin.LANE,
            Builtin.LANES,
            Builtin.CLUSTER,
            Builtin.PROGRAMS,
            Builtin.grid(0),
            Builtin.grid(1),
            Builtin.grid(2))) {
      loader.builtins.put(name, loader.registers++);
    }
    loader.globals.putAll(loader.builtins);
    loader.block(queue.body(), loader.globals);
    return new QueueCode(
        queue.engine(),
        queue.name(),
        loader.steps.toArray(Step[]::new),
        loader.registers,
        Map.copyOf(loader.builtins));
  }

  private void block(List<Instr> body, Map<String, Integer> scope) {
    for (Instr instr : body) {
      instr(instr, scope);
    }
  }

  private void instr(Instr instr, Map<String, Integer> scope) {
    switch (instr) {
      case Instr.Set(var name, var value, var origin) -> {
        int register = register(name, scope);
        steps.add(new Step.Assign(register, expr(value, scope), origin));
      }
      case Instr.Repeat r -> repeat(r, scope);
      case Instr.When w -> when(w, scope);
      case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _ ->
          steps.add(new Step.Do(op(instr, scope)));
      case Instr.While w -> loop(w, scope);
      case Instr.Load _, Instr.Irregular _ -> steps.add(new Step.Do(op(instr, scope)));
      case Instr.Map _, Instr.Reduce _, Instr.Quantize _ ->
          steps.add(new Step.Do(op(instr, scope)));
    }
  }

  private Op op(Instr instr, Map<String, Integer> scope) {
    var operands = new ArrayList<IntFunction>();
    IntFunction program =
        scope.containsKey(Builtin.PROGRAM)
            ? expr(Expr.reg(Builtin.PROGRAM), scope)
            : expr(Expr.reg(Builtin.TILE), scope);
    operands.add(program);
    int target = instr instanceof Instr.Load load ? register(load.register(), scope) : -1;
    return new OpLoader(binding, instr, operands, e -> expr(e, scope), target).load();
  }

  private void repeat(Instr.Repeat r, Map<String, Integer> scope) {
    int at = registers;
    registers += 4;
    int variable = at + 3;
    int enter = steps.size();
    steps.add(new Step.Jump(enter));
    Map<String, Integer> inner = new HashMap<>(scope);
    inner.put(r.variable(), variable);
    block(r.body(), inner);
    boolean isPrograms = isPrograms(r);
    steps.add(new Step.Next(at, variable, enter + 1, isPrograms, r.origin()));
    steps.set(
        enter,
        new Step.Enter(
            at,
            variable,
            expr(r.from(), scope),
            expr(r.to(), scope),
            expr(r.step(), scope),
            steps.size(),
            isPrograms,
            r.origin()));
  }

  /// Whether a loop is the one over the programs of a tile, whose order is free.
  private static boolean isPrograms(Instr.Repeat r) {
    return r.variable().equals(Builtin.PROGRAM)
        && r.from().equals(Expr.reg(Builtin.TILE))
        && r.to().equals(Expr.reg(Builtin.PROGRAMS))
        && r.step().equals(Expr.reg(Builtin.TILES));
  }

  private void loop(Instr.While w, Map<String, Integer> scope) {
    int again = steps.size();
    block(w.condition(), scope);
    int branch = steps.size();
    steps.add(new Step.Jump(branch));
    block(w.body(), scope);
    steps.add(new Step.Jump(again));
    steps.set(branch, new Step.Branch(expr(w.test(), scope), steps.size(), w.origin()));
  }

  private void when(Instr.When w, Map<String, Integer> scope) {
    int branch = steps.size();
    steps.add(new Step.Jump(branch));
    block(w.then(), scope);
    if (w.otherwise().isEmpty()) {
      steps.set(branch, new Step.Branch(expr(w.condition(), scope), steps.size(), w.origin()));
      return;
    }
    int jump = steps.size();
    steps.add(new Step.Jump(jump));
    steps.set(branch, new Step.Branch(expr(w.condition(), scope), steps.size(), w.origin()));
    block(w.otherwise(), scope);
    steps.set(jump, new Step.Jump(steps.size()));
  }

  private int register(String name, Map<String, Integer> scope) {
    Integer known = scope.get(name);
    if (known == null) {
      known = globals.computeIfAbsent(name, _ -> registers++);
      scope.put(name, known);
    }
    return known;
  }

  private IntFunction expr(Expr expr, Map<String, Integer> scope) {
    return expressions.operand(bound(expr, scope), () -> registers++);
  }

  private IntFunction bound(Expr expr, Map<String, Integer> scope) {
    return switch (expr) {
      case Expr.Const(long value) -> expressions.constant(value);
      case Expr.Size(var array, int dim) -> expressions.constant(binding.size(array, dim));
      case Expr.Scalar(var name) -> expressions.constant(binding.integer(name));
      case Expr.Reg(var name) -> expressions.register(register(name, scope));
      case Expr.Binary(var op, var left, var right) ->
          expressions.operation(op, bound(left, scope), bound(right, scope), () -> registers++);
    };
  }
}
