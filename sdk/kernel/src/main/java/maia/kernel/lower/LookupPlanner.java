package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maia.base.Origin;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.lower.Node.Touch;
import maia.npl.Instr;
import maia.npl.Lookup;
import maia.npl.Place;

/// Plans accesses whose addresses are data or whose mask is no box: the vector processor computes
/// indices and masks, and a DMA moves element by element, run by run. Atomics are always of this
/// kind.
final class LookupPlanner {
  private final Plan plan;
  private final VectorPlanner vectors;

  LookupPlanner(Plan plan, VectorPlanner vectors) {
    this.plan = plan;
    this.vectors = vectors;
  }

  /// The places an access touches, and the buffers that say so.
  private record Places(Supplier<Lookup> lookup, List<Touch> touches) {}

  private Places places(
      String array,
      List<Term> indices,
      Optional<Term> mask,
      List<Integer> shape,
      Section section,
      Origin origin) {
    List<Supplier<Lookup.Coordinate>> at = new ArrayList<>();
    List<Touch> touches = new ArrayList<>();
    for (Term index : indices) {
      Optional<Place.Axis> axis = plan.windows.axis(index, shape, origin);
      if (axis.isPresent()) {
        at.add(() -> new Lookup.Run(axis.get()));
      } else {
        Buf table = vectors.materialised(index, section, origin);
        touches.add(Touch.read(table));
        at.add(() -> new Lookup.Table(table.region(false)));
      }
    }
    Optional<Buf> truth = mask.map(m -> vectors.materialised(m, section, origin));
    truth.map(Touch::read).ifPresent(touches::add);
    Supplier<Lookup> lookup =
        () ->
            new Lookup(
                array, at.stream().map(Supplier::get).toList(), truth.map(t -> t.region(false)));
    return new Places(lookup, touches);
  }

  void load(Op.Load op, Section section) {
    Type type = op.result().type();
    Places from = places(op.array(), op.indices(), op.mask(), type.shape(), section, op.origin());
    Buf out = plan.plain(op.array(), type, Buf.Role.LOADED, section, op.origin());
    plan.place(op.result(), out);
    List<Touch> touches = new ArrayList<>(from.touches());
    touches.add(Touch.write(out));
    plan.touchArray(op.array(), false, touches);
    plan.step(
        plan.loadQueue(section, out),
        () -> new Instr.Gather(from.lookup().get(), out.region(false), op.other(), op.origin()),
        touches,
        op.origin(),
        section);
  }

  void store(Op.Store op, Section section) {
    Buf from = vectors.stored(op, section);
    Places to =
        places(
            op.array(), op.indices(), op.mask(), op.value().type().shape(), section, op.origin());
    List<Touch> touches = new ArrayList<>(to.touches());
    touches.add(Touch.read(from));
    plan.touchArray(op.array(), true, touches);
    plan.step(
        plan.dma(1),
        () -> new Instr.Scatter(from.region(false), to.lookup().get(), op.origin()),
        touches,
        op.origin(),
        section);
  }

  /// Every access to an array that is read and written comes before or after an atomic, since a
  /// lock may be made of it.
  void atomic(Op.Atomic op, Section section) {
    List<Integer> shape = shape(op);
    Buf value = stretched(op.value(), shape, section, op.origin());
    Optional<Buf> compare = op.compare().map(c -> stretched(c, shape, section, op.origin()));
    Places at = places(op.array(), op.indices(), op.mask(), shape, section, op.origin());
    List<Touch> touches = new ArrayList<>(at.touches());
    touches.add(Touch.read(value));
    compare.map(Touch::read).ifPresent(touches::add);
    Optional<Buf> old = op.old().map(v -> plan.plain("t" + v.id(), v.type(), section, op.origin()));
    op.old().ifPresent(v -> plan.place(v, old.orElseThrow()));
    old.map(Touch::write).ifPresent(touches::add);
    plan.arrays().values().forEach(array -> touches.add(Touch.write(array)));
    plan.step(
        plan.dma(1),
        () ->
            new Instr.Atomic(
                old.map(o -> o.region(false)),
                Instr.AtomicOp.valueOf(op.op().name()),
                at.lookup().get(),
                value.region(false),
                compare.map(c -> c.region(false)),
                op.origin()),
        touches,
        op.origin(),
        section);
  }

  private static List<Integer> shape(Op.Atomic op) {
    List<Integer> shape = op.value().type().shape();
    for (Term index : op.indices()) {
      shape = Type.broadcast(shape, index.type().shape());
    }
    return op.mask().isPresent() ? Type.broadcast(shape, op.mask().get().type().shape()) : shape;
  }

  private Buf stretched(Term term, List<Integer> shape, Section section, Origin origin) {
    boolean isWhole = term.type().shape().equals(shape);
    return vectors.materialised(isWhole ? term : new Term.Broadcast(shape, term), section, origin);
  }
}
