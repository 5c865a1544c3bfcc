package maia.kernel.lower;

import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.machine.Machine;
import maia.npl.Expr;
import maia.npl.Space;

/// Turns the operations of a function into the plan: nodes in program order, and the buffers they
/// share. Control flow and cells are planned here, other statements by the planner of their kind.
final class Planner {
  private final Plan plan;
  private final Panels panels;
  private final VectorPlanner vectors;
  private final ProductPlanner products;
  private final AccessPlanner accesses;
  private final StripPlanner strips;
  private final IrregularPlanner irregular;
  private final LookupPlanner lookups;
  private int fetches;

  Planner(Func func, Machine machine, GridMap map, boolean inStrips) {
    plan = new Plan(func, machine, inStrips);
    panels = new Panels(func, map, machine);
    vectors = new VectorPlanner(plan);
    products = new ProductPlanner(plan, vectors);
    irregular = new IrregularPlanner(plan, vectors);
    strips = new StripPlanner(plan, vectors);
    lookups = new LookupPlanner(plan, vectors);
    accesses = new AccessPlanner(plan, vectors, lookups, panels, strips);
  }

  /// The plan of one program.
  Section plan() {
    block(plan.func.body(), plan.root);
    strips.release(plan.root);
    return plan.root;
  }

  /// Every buffer, in order of creation; arrays that are read and written stand at the end.
  List<Buf> buffers() {
    return plan.buffers();
  }

  /// What goes through cluster memory.
  Panels panels() {
    return panels;
  }

  Set<Integer> programDims() {
    return plan.scalars.programDims();
  }

  private void block(Block block, Section section) {
    for (Op op : block.ops()) {
      Stop.poll("compiling");
      strips.before(op, section);
      switch (op) {
        case Op.Map m -> map(m, section);
        case Op.Load l -> accesses.load(l, section);
        case Op.Store s -> accesses.store(s, section);
        case Op.Dot d -> products.dot(d, section);
        case Op.Reduce r -> vectors.reduce(r, section);
        case Op.Quantize q -> vectors.quantize(q, section);
        case Op.Var v -> var(v, section);
        case Op.Get g -> get(g, section);
        case Op.Set s -> set(s, section);
        case Op.Range r -> range(r, section);
        case Op.When w -> when(w, section);
        case Op.While w -> loop(w, section);
        case Op.Fold f -> irregular.fold(f, section);
        case Op.Sort o -> irregular.sort(o, section);
        case Op.Histogram h -> irregular.histogram(h, section);
        case Op.Gather g -> irregular.gather(g, section);
        case Op.Concat c -> irregular.concat(c, section);
        case Op.Atomic a -> lookups.atomic(a, section);
        case Op.Print p -> irregular.print(p, section);
        case Op.Assert a -> irregular.check(a, section);
        case Op.Assume a -> irregular.assume(a, section);
      }
    }
  }

  // ---- scalars and structure

  private void map(Op.Map op, Section section) {
    if (!plan.defs.isVirtual(op.result())) {
      if (strips.hold(op, section)) {
        return;
      }
      Buf out = plan.buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
      plan.place(op.result(), out);
      vectors.evaluate(op.term(), out, section, op.origin());
    } else if (Defs.isControl(op.result().type())
        && plan.defs.uses(op.result()) > 1
        && !op.term().operands().isEmpty()
        && plan.scalars.computes(op.term())) {
      String register = Scalars.register(op.result());
      section
          .nodes()
          .add(new Node.Assign(register, plan.scalars.of(op.term(), op.origin()), op.origin()));
      plan.scalars.hold(op.result(), register);
    }
  }

  private void range(Op.Range op, Section section) {
    Section body = plan.section(Section.Kind.LOOP, op.stages(), section, isStoreFree(op.body()));
    Expr from = control(op.from(), section, op.origin());
    Expr to = control(op.to(), section, op.origin());
    Expr step = control(op.step(), section, op.origin());
    String variable = "i" + op.index().id();
    plan.scalars.hold(op.index(), variable);
    block(op.body(), body);
    accesses.released(body);
    section.nodes().add(new Node.Loop(variable, from, to, step, body, op.origin()));
  }

  private static boolean isStoreFree(Block block) {
    return block.ops().stream()
        .allMatch(
            op -> !(op instanceof Op.Store) && op.blocks().stream().allMatch(Planner::isStoreFree));
  }

  private void when(Op.When op, Section section) {
    Expr condition = control(op.condition(), section, op.origin());
    Section then = plan.section(Section.Kind.BRANCH, 1, section, false);
    Section otherwise = plan.section(Section.Kind.BRANCH, 1, section, false);
    block(op.then(), then);
    block(op.otherwise(), otherwise);
    section.nodes().add(new Node.Cond(condition, then, otherwise, op.origin()));
  }

  /// The condition is planned before the loop and again at the end of its body, so that every queue
  /// runs the body equally often.
  private void loop(Op.While op, Section section) {
    String test = "while" + plan.sections();
    block(op.condition(), section);
    hold(test, op.test(), section, op.origin());
    Section body = plan.section(Section.Kind.LOOP, 1, section, false);
    block(op.body(), body);
    block(op.condition(), body);
    hold(test, op.test(), body, op.origin());
    section.nodes().add(new Node.Repeat(Expr.reg(test), body, op.origin()));
  }

  /// Puts a scalar into a register of every queue that reads it.
  private void hold(String register, Term term, Section section, Origin origin) {
    section.nodes().add(new Node.Assign(register, control(term, section, origin), origin));
  }

  /// A scalar integer or truth value for the control processors: computed by them, or by the vector
  /// processor and read from memory.
  private Expr control(Term term, Section section, Origin origin) {
    if (isKnownToControl(term)) {
      return plan.scalars.of(term, origin);
    }
    String register = "d" + fetches++;
    Buf buf = vectors.materialised(term, section, origin);
    section.nodes().add(new Node.Fetch(register, buf, origin));
    return Expr.reg(register);
  }

  private boolean isKnownToControl(Term term) {
    boolean isFree =
        term.values().allMatch(v -> plan.holder(v).isEmpty() && plan.defs.isVirtual(v));
    return isFree && plan.scalars.computes(term);
  }

  // ---- cells

  private void var(Op.Var op, Section section) {
    Value cell = op.cell();
    if (Defs.isControl(cell.type())) {
      Expr init = control(op.init().orElseThrow(), section, op.origin());
      section.nodes().add(new Node.Assign(Scalars.register(cell), init, op.origin()));
      return;
    }
    boolean accumulator = plan.inPlace.accumulates(cell);
    Buf buf =
        plan.buffer(
            (accumulator ? "acc" : "var") + cell.id(),
            accumulator ? Space.ACC : Space.TSRAM,
            cell,
            section,
            op);
    plan.placeCell(cell, buf);
    op.init().ifPresent(init -> vectors.evaluate(init, buf, section, op.origin()));
  }

  private void get(Op.Get op, Section section) {
    Value result = op.result();
    if (Defs.isControl(result.type())) {
      Expr now = Expr.reg(Scalars.register(op.cell()));
      section.nodes().add(new Node.Assign(Scalars.register(result), now, op.origin()));
      plan.scalars.hold(result, Scalars.register(result));
      return;
    }
    Buf cell = plan.cell(op.cell());
    if (!op.snapshot()) {
      plan.place(result, cell);
      return;
    }
    Buf copy = plan.buffer("t" + result.id(), Space.TSRAM, result, section, op);
    vectors.copy(cell, copy, section, op.origin());
    plan.place(result, copy);
  }

  private void set(Op.Set op, Section section) {
    if (Defs.isControl(op.cell().type())) {
      Expr value = control(op.value(), section, op.origin());
      section.nodes().add(new Node.Assign(Scalars.register(op.cell()), value, op.origin()));
    } else if (!plan.inPlace.isDone(op)) {
      vectors.evaluate(op.value(), plan.cell(op.cell()), section, op.origin());
    }
  }
}
