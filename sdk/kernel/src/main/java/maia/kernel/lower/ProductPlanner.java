package maia.kernel.lower;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Space;
import maia.numerics.DType;

/// Plans matrix products: on the tensor unit, or, of fp32, on the vector processor.
final class ProductPlanner {
  private final Plan plan;
  private final VectorPlanner vectors;

  ProductPlanner(Plan plan, VectorPlanner vectors) {
    this.plan = plan;
    this.vectors = vectors;
  }

  /// An operand of the tensor unit.
  private record Operand(Buf buf, boolean transposed) {
    Place.Region region() {
      return buf.region(transposed);
    }
  }

  void dot(Op.Dot op, Section section) {
    checkTypes(op);
    Operand a = operand(op.a(), section, op.origin());
    Operand b = operand(op.b(), section, op.origin());
    Optional<Operand> aScale = op.scales().map(s -> operand(s.a(), section, op.origin()));
    Optional<Operand> bScale = op.scales().map(s -> operand(s.b(), section, op.origin()));
    Buf acc = accumulator(op, section);
    Expr clear = clear(op, acc, section);
    Set<Buf> read = new LinkedHashSet<>(List.of(a.buf(), b.buf()));
    aScale.map(Operand::buf).ifPresent(read::add);
    bScale.map(Operand::buf).ifPresent(read::add);
    Supplier<Instr> instr =
        () -> {
          Expr batch = Expr.reg("batch" + op.result().id());
          UnaryOperator<Place.Region> part = r -> matrix(r, batch);
          Instr one = product(op, acc, a, b, aScale, bScale, clear, part);
          return op.result().type().rank() == 2 ? one : batches(op, one);
        };
    Queue queue = onVectors(op) ? Queue.TVP : Queue.TTU;
    plan.step(queue, instr, Plan.touches(read, acc), op.origin(), section);
  }

  /// The matrix `batch` of a box of matrices; a box of two dimensions is one.
  private static Place.Region matrix(Place.Region r, Expr batch) {
    if (r.extent().size() == 2) {
      return r;
    }
    List<Expr> start = new ArrayList<>(r.start());
    List<Integer> extent = new ArrayList<>(r.extent());
    if (extent.getFirst() > 1) {
      start.set(0, batch);
      extent.set(0, 1);
    }
    return new Place.Region(r.buffer(), r.home(), r.slot(), start, extent, r.transposed());
  }

  private static Instr batches(Op.Dot op, Instr one) {
    String name = "batch" + op.result().id();
    Expr count = Expr.of(op.result().type().shape().getFirst());
    return new Instr.Repeat(name, Expr.ZERO, count, Expr.ONE, List.of(one), op.origin());
  }

  private static Instr product(
      Op.Dot op,
      Buf acc,
      Operand a,
      Operand b,
      Optional<Operand> aScale,
      Optional<Operand> bScale,
      Expr clear,
      UnaryOperator<Place.Region> part) {
    Place.Region sums = part.apply(acc.region(false));
    Place.Region left = part.apply(a.region());
    Place.Region right = part.apply(b.region());
    if (op.scales().isEmpty()) {
      return new Instr.Mma(sums, left, right, clear, op.origin());
    }
    return new Instr.MmaScaled(
        sums,
        left,
        part.apply(aScale.orElseThrow().region()),
        right,
        part.apply(bScale.orElseThrow().region()),
        op.scales().orElseThrow().block(),
        clear,
        op.origin());
  }

  private void checkTypes(Op.Dot op) {
    DType a = op.a().type().dtype();
    DType b = op.b().type().dtype();
    if (!onVectors(op) && plan.machine.ttu().depth(a, b).isEmpty()) {
      throw new KernelException(
          Mistake.WRONG_UNIT,
          "dot: the tensor unit of %s does not take %s x %s; convert both to a type it takes, such as BF16"
              .formatted(plan.machine.name(), a.label(), b.label()),
          op.origin());
    }
  }

  /// The vector processor multiplies fp32.
  private static boolean onVectors(Op.Dot op) {
    return op.scales().isEmpty()
        && op.a().type().dtype() == DType.F32
        && op.b().type().dtype() == DType.F32;
  }

  private Operand operand(Term term, Section section, Origin origin) {
    if (term instanceof Term.Transpose(Term.Ref(var value)) && plan.holder(value).isPresent()) {
      return new Operand(plan.holder(value).get(), true);
    }
    return new Operand(vectors.materialised(term, section, origin), false);
  }

  private Buf accumulator(Op.Dot op, Section section) {
    Optional<Value> cell = plan.inPlace.cell(op.result());
    if (cell.isPresent()) {
      return plan.cell(cell.get());
    }
    Buf acc = plan.buffer("acc" + op.result().id(), Space.ACC, op.result(), section, op);
    plan.place(op.result(), acc);
    return acc;
  }

  private Expr clear(Op.Dot op, Buf acc, Section section) {
    if (op.clear().isPresent()) {
      return plan.scalars.of(op.clear().get(), op.origin());
    }
    if (plan.defs.constant(op.acc()).filter(c -> Float.floatToRawIntBits(c) == 0).isPresent()) {
      return Expr.ONE;
    }
    boolean already =
        op.acc() instanceof Term.Ref(var value)
            && plan.holder(value).filter(acc::equals).isPresent();
    if (!already) {
      vectors.evaluate(op.acc(), acc, section, op.origin());
    }
    return Expr.ZERO;
  }
}
