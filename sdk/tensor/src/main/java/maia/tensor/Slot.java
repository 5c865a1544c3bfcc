package maia.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// What autograd keeps for one tensor. Views share the count of writes with their base and follow
/// the base's history once a write has given it a new one.
final class Slot {
  /// The writes to one storage so far, and the last of them.
  ///
  /// @param count how many
  /// @param op the name of the last write
  /// @param at the user's line of it
  record Writes(int count, String op, Origin at) {
    static final Writes NONE = new Writes(0, "", Origin.NONE);
  }

  private final AtomicReference<Writes> writes;
  private final @Nullable Tensor base;
  private int seen;
  private int rebased;
  private @Nullable Vertex vertex;
  private @Nullable Tensor grad;

  Slot() {
    this(new AtomicReference<>(Writes.NONE), null);
  }

  private Slot(AtomicReference<Writes> writes, @Nullable Tensor base) {
    this.writes = writes;
    this.base = base;
    this.seen = base == null ? 0 : base.slot.rebased;
  }

  /// The slot of a view of `of`, whose slot this is.
  Slot view(Tensor of) {
    return new Slot(writes, base == null ? of : base);
  }

  /// A slot of the same storage without history.
  Slot detached() {
    return new Slot(writes, null);
  }

  @Nullable Tensor base() {
    return base;
  }

  Writes writes() {
    return writes.get();
  }

  void written(String op) {
    Origin at = Caller.origin();
    writes.updateAndGet(w -> new Writes(w.count() + 1, op, at));
  }

  /// The history of `self`, whose slot this is; none where it needs no gradient.
  @Nullable Vertex vertex(Tensor self) {
    if (base != null && base.slot.rebased != seen) {
      seen = base.slot.rebased;
      vertex =
          base.slot.vertex(base) == null
              ? null
              : Vertex.of(new Region.Take(Region.inside(base, self)), List.of(base), self);
    }
    return vertex;
  }

  void set(@Nullable Vertex next) {
    vertex = next;
  }

  /// Gives the base of views a new history, which its views follow.
  void rebase(@Nullable Vertex next) {
    vertex = next;
    rebased++;
  }

  boolean hasGrad() {
    return grad != null;
  }

  Tensor grad() {
    if (grad == null) {
      throw TensorException.of(
          "grad: there is no gradient yet; mark the tensor with requireGrad(), then call backward()"
              + " on a loss that depends on it");
    }
    return grad;
  }

  void clear() {
    grad = null;
  }

  void accumulate(Tensor gradient) {
    grad = grad == null ? gradient : grad.add(gradient);
  }

  void set(Tensor gradient) {
    grad = gradient;
  }
}
