package maia.kernel.lower;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.npl.Expr;
import maia.npl.Home;
import maia.npl.Place;
import maia.npl.Space;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// A buffer being planned; its number of slots is decided when all buffers are known.
final class Buf {
  /// Why the buffer exists, most deserving of a second slot first.
  enum Role {
    LOADED,
    ACCUMULATOR,
    STORED,
    OTHER,
    /// Not memory: stands for an array in HBM that is read and written.
    ARRAY,
  }

  final String name;
  final Space space;
  final DType dtype;
  final List<Integer> box;

  /// Run-time sizes, one per dimension of the box; see [Demand].
  final List<Optional<Expr>> limits;

  final Role role;
  final Section home;
  final Origin origin;
  int slots = 1;

  /// Slots that it has at least, and at most where memory is left.
  int fewest = 1;

  int most = 2;

  /// What writes it from the cluster, or null.
  @Nullable Share pushed;

  /// The buffer whose memory this one uses, or null.
  private @Nullable Buf host;

  Buf(
      String name,
      Space space,
      DType dtype,
      List<Integer> box,
      List<Optional<Expr>> limits,
      Role role,
      Section home,
      Origin origin) {
    this.name = name;
    this.space = space;
    this.dtype = dtype;
    this.box = List.copyOf(box);
    this.limits = List.copyOf(limits);
    this.role = role;
    this.home = home;
    this.origin = origin;
  }

  /// Lets this buffer lie in the memory of another one of the same block, which it fits into.
  void shareWith(Buf other) {
    host = other;
  }

  /// The buffer that has the memory: this one, unless it shares another's.
  Buf holder() {
    return host == null ? this : host;
  }

  boolean hasMemory() {
    return host == null && role != Role.ARRAY;
  }

  long slotBytes() {
    long elements = 1;
    for (int size : box) {
      elements *= size;
    }
    return dtype.bytes(elements);
  }

  long bytes() {
    return hasMemory() ? slots * slotBytes() : 0;
  }

  /// The register that counts the slots of this buffer's block.
  String lap() {
    return "lap" + home.id() + "x" + slots;
  }

  Place.Region region(boolean transposed) {
    Buf memory = holder();
    Expr slot =
        memory.slots == 1 ? Expr.ZERO : Expr.reg(pushed == null ? memory.lap() : pushed.turn());
    return new Place.Region(
        memory.name,
        Home.OWN,
        slot,
        Collections.nCopies(box.size(), Expr.ZERO),
        box,
        limits,
        transposed);
  }
}
