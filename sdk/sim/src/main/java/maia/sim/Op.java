package maia.sim;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.npl.Instr;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// An instruction bound to a launch: names are indices, and the integer expressions of its operands
/// are a flat list that the control processor evaluates when it issues the instruction.
sealed interface Op {
  /// What every instruction has.
  ///
  /// @param origin the user's line
  /// @param label what traces show
  /// @param operands expressions, evaluated at issue
  record Info(Origin origin, String label, IntFunction[] operands) {}

  Info info();

  /// The boxes on chip it reads and writes.
  default Stream<RegionRef> regions() {
    return switch (this) {
      case Sync _ -> Stream.empty();
      case Load l -> Stream.of(l.to());
      case Store s -> Stream.of(s.from());
      case Move m -> Stream.of(m.from(), m.to());
      case Product p ->
          Stream.of(p.acc(), p.a(), p.b(), p.aScale(), p.bScale()).filter(Objects::nonNull);
      case Map m -> Stream.concat(Stream.of(m.out()), m.inputs().stream());
      case Reduce r -> Stream.concat(Stream.of(r.out()), r.inputs().stream());
      case Quantize q -> Stream.of(q.elements(), q.scales(), q.in());
    };
  }

  /// A box in a slot: operand `at` is the slot, then one start per dimension.
  ///
  /// @param extent largest sizes as stored
  /// @param limits operands with run-time sizes as stored, -1 where there is none; empty without
  ///   any
  record RegionRef(
      int buffer, int at, int[] extent, boolean isTransposed, int[] limits, HomeRef home) {}

  /// Whose: the site itself, or tiles of the cluster named by the operands from `at`.
  record HomeRef(Kind kind, int at) {
    static final HomeRef OWN = new HomeRef(Kind.OWN, -1);

    enum Kind {
      OWN,
      AT,
      LANES,
    }

    boolean isOwn() {
      return kind == Kind.OWN;
    }
  }

  /// A window: operand `at` and following are the starts, then the bounds that axes name.
  record WindowRef(int array, int at, AxisRef[] axes) {}

  /// An axis; `low` and `high` are operands or -1.
  record AxisRef(int extent, long step, int low, int high, int along) {}

  /// A wait or a signal; operand 1 is the member.
  record Sync(Info info, boolean isWait, int family, int count, HomeRef home) implements Op {}

  /// HBM to chip.
  record Load(Info info, WindowRef from, RegionRef to, float fill) implements Op {}

  /// Chip to HBM.
  record Store(Info info, RegionRef from, WindowRef to) implements Op {}

  /// Chip to chip.
  record Move(Info info, RegionRef from, RegionRef to) implements Op {}

  /// Tensor unit; operand `clear` starts the sum anew. Scales are null without a block.
  record Product(
      Info info,
      RegionRef acc,
      RegionRef a,
      RegionRef b,
      @org.jspecify.annotations.Nullable RegionRef aScale,
      @org.jspecify.annotations.Nullable RegionRef bScale,
      int block,
      int clear,
      int m,
      int n,
      int k,
      DType left,
      DType right)
      implements Op {}

  /// Vector processor, element-wise.
  record Map(Info info, RegionRef out, LaneNode value, List<RegionRef> inputs, int flops, int bits)
      implements Op {}

  /// Vector processor, reduction of a box `extent` along `axis`.
  record Reduce(
      Info info,
      RegionRef out,
      Instr.ReduceOp op,
      LaneNode value,
      List<RegionRef> inputs,
      int[] extent,
      int axis,
      int flops,
      int bits)
      implements Op {}

  /// Vector processor, block quantisation.
  record Quantize(
      Info info,
      RegionRef elements,
      RegionRef scales,
      RegionRef in,
      BlockFormat format,
      ScaleRule rule)
      implements Op {}
}
