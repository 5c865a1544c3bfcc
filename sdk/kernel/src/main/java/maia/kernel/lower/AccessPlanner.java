package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import maia.base.Origin;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.kernel.lower.Node.Touch;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Space;

/// Plans strided accesses: copies between HBM and the tile, and what the cluster loads for all its
/// tiles. An access that is no strided copy goes to [LookupPlanner].
final class AccessPlanner {
  private final Plan plan;
  private final VectorPlanner vectors;
  private final LookupPlanner lookups;
  private final Panels panels;
  private final StripPlanner strips;

  AccessPlanner(
      Plan plan, VectorPlanner vectors, LookupPlanner lookups, Panels panels, StripPlanner strips) {
    this.plan = plan;
    this.vectors = vectors;
    this.lookups = lookups;
    this.panels = panels;
    this.strips = strips;
  }

  void load(Op.Load op, Section section) {
    Optional<Place.Window> found =
        plan.windows.find(
            op.array(), op.indices(), op.mask(), op.result().type().shape(), op.origin());
    if (found.isEmpty()) {
      if (!stretchedLoad(op, section)) {
        lookups.load(op, section);
      }
      return;
    }
    Place.Window window = found.get();
    Buf out =
        plan.buffer(
            op.array(), Space.TSRAM, Term.of(op.result()), Buf.Role.LOADED, section, op.origin());
    plan.place(op.result(), out);
    if (panels.isStaged(op) && panels.isPushed(op)) {
      pushedLoad(op, window, out, section);
      return;
    }
    if (panels.isStaged(op)) {
      stagedLoad(op, window, out, section);
      return;
    }
    List<Touch> touches = new ArrayList<>(List.of(Touch.write(out)));
    plan.touchArray(op.array(), false, touches);
    OptionalInt cut = Halves.dimOf(window, out.box);
    if (panels.isCut(op) && section.isStoreFree() && cut.isPresent()) {
      halves(op, window, out, new Halves(cut.getAsInt()), touches, section);
      return;
    }
    plan.step(
        plan.loadQueue(section, out),
        () -> new Instr.Copy(window, out.region(false), op.other(), op.origin()),
        touches,
        op.origin(),
        section);
  }

  /// A channel for each half; `touches` begins with the write of the whole.
  private void halves(
      Op.Load op,
      Place.Window window,
      Buf out,
      Halves halves,
      List<Touch> touches,
      Section section) {
    for (int half : List.of(0, 1)) {
      touches.set(0, new Touch(out, true, half + 1));
      plan.step(
          plan.dma(half),
          () -> {
            Place.Region whole = out.region(false);
            return new Instr.Copy(
                halves.window(window, whole, half),
                halves.region(whole, half),
                op.other(),
                op.origin());
          },
          touches,
          op.origin(),
          section);
    }
  }

  /// Loads once what an access repeats along some dimension, and stretches it on chip; false when
  /// the rest is no window either.
  private boolean stretchedLoad(Op.Load op, Section section) {
    Type type = op.result().type();
    List<Integer> small = plan.windows.small(op.indices(), op.mask(), type.shape(), op.origin());
    if (small.equals(type.shape())) {
      return false;
    }
    Optional<Place.Window> window =
        plan.windows.find(op.array(), op.indices(), op.mask(), small, op.origin());
    if (window.isEmpty()) {
      return false;
    }
    Value value = plan.synthetic(type.shaped(small));
    Buf part = plan.plain(op.array(), value.type(), Buf.Role.LOADED, section, op.origin());
    plan.place(value, part);
    List<Touch> touches = new ArrayList<>(List.of(Touch.write(part)));
    plan.touchArray(op.array(), false, touches);
    plan.step(
        plan.loadQueue(section, part),
        () -> new Instr.Copy(window.get(), part.region(false), op.other(), op.origin()),
        touches,
        op.origin(),
        section);
    Buf out = plan.plain("t" + op.result().id(), type, section, op.origin());
    vectors.evaluate(new Term.Broadcast(type.shape(), Term.of(value)), out, section, op.origin());
    plan.place(op.result(), out);
    return true;
  }

  /// The cluster loads into tile memory; the tensor unit waits for its part, and says at the end of
  /// the block that it is through with it.
  private void pushedLoad(Op.Load op, Place.Window window, Buf out, Section section) {
    Share share = panels.share(op, section, Queue.TTU);
    if (share.panels().isEmpty()) {
      section.nodes().add(new Node.Token(Queue.TTU, share, true, op.origin()));
    }
    panels.panel(share, out.name, out, window, op);
    out.pushed = share;
  }

  void released(Section body) {
    for (Share share : panels.shares()) {
      if (share.isPushed() && share.home == body) {
        Origin origin = share.panels().getFirst().origin();
        body.nodes().add(new Node.Token(Queue.TTU, share, false, origin));
      }
    }
  }

  /// The cluster loads; the tile waits for its part, takes it and says so.
  private void stagedLoad(Op.Load op, Place.Window window, Buf out, Section section) {
    Queue queue = panels.fitsOneChannel(op) ? plan.dma(0) : plan.loadQueue(section, out);
    Share share = panels.share(op, section, queue);
    boolean isFirst = share.panels().isEmpty();
    Share.Panel panel =
        panels.panel(share, plan.unique(op.array().replace('.', '_') + "_panel"), out, window, op);
    if (isFirst) {
      section.nodes().add(new Node.Token(queue, share, true, op.origin()));
    } else {
      section.nodes().removeLast(); // the signal comes after the last copy
    }
    plan.step(
        queue,
        () -> share.take(panel, out.region(false)),
        List.of(Touch.write(out)),
        op.origin(),
        section);
    section.nodes().add(new Node.Token(queue, share, false, op.origin()));
  }

  void store(Op.Store op, Section section) {
    Optional<Place.Window> found =
        plan.windows.find(
            op.array(), op.indices(), op.mask(), op.value().type().shape(), op.origin());
    if (found.isEmpty()) {
      strips.release(section);
      lookups.store(op, section);
      return;
    }
    Place.Window window = found.get();
    if (strips.store(op, window, section)) {
      return;
    }
    Buf from = vectors.stored(op, section);
    List<Touch> touches = new ArrayList<>(List.of(Touch.read(from)));
    plan.touchArray(op.array(), true, touches);
    plan.step(
        plan.dma(1),
        () -> new Instr.Copy(from.region(false), window, 0f, op.origin()),
        touches,
        op.origin(),
        section);
  }
}
