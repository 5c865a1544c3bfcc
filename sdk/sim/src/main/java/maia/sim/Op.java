package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.npl.Instr;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import org.jspecify.annotations.Nullable;

/// An instruction bound to a launch: names are indices, and the integer expressions of its operands
/// are a flat list that the control processor evaluates when it issues the instruction.
sealed interface Op {
  /// What every instruction has.
  ///
  /// @param origin the user's line
  /// @param label what traces show
  /// @param operands expressions, evaluated at issue
  /// @param limits operands that limit the sizes of boxes
  /// @param regions how many boxes on chip it has
  record Info(Origin origin, String label, IntFunction[] operands, int[] limits, int regions) {}

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
      case Map m ->
          Stream.concat(Stream.of(m.out()), Stream.concat(m.inputs().stream(), m.picks().stream()));
      case Reduce r ->
          Stream.concat(Stream.of(r.out()), Stream.concat(r.inputs().stream(), r.picks().stream()));
      case Quantize q -> Stream.of(q.elements(), q.scales(), q.in());
      case Fetch f -> Stream.of(f.from());
      case Irregular i -> Stream.concat(i.inputs().stream(), i.outputs().stream());
    };
  }

  /// A box in a slot: operand `at` is the slot, then one start per dimension.
  ///
  /// @param extent largest sizes as stored
  /// @param limits operands with run-time sizes as stored, -1 where there is none; empty without
  ///   any
  /// @param number its number among the boxes of the instruction
  record RegionRef(
      int buffer,
      int at,
      int[] extent,
      boolean isTransposed,
      int[] limits,
      HomeRef home,
      int number) {}

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
      @Nullable RegionRef aScale,
      @Nullable RegionRef bScale,
      int block,
      int clear,
      int m,
      int n,
      int k,
      DType left,
      DType right)
      implements Op {}

  /// Vector processor, element-wise.
  record Map(
      Info info,
      RegionRef out,
      LaneNode value,
      List<RegionRef> inputs,
      int flops,
      int bits,
      List<RegionRef> picks)
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
      int bits,
      List<RegionRef> picks)
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

  // ---- data-dependent work

  /// The places of an array a lookup touches; `mask` is null without one.
  record LookupRef(int array, CoordinateRef[] at, @Nullable RegionRef mask) {
    /// The regions of tables and mask.
    List<RegionRef> regions() {
      var regions = new ArrayList<RegionRef>();
      for (CoordinateRef c : at) {
        if (c instanceof TableRef(var region)) {
          regions.add(region);
        }
      }
      if (mask != null) {
        regions.add(mask);
      }
      return regions;
    }
  }

  /// An index of a lookup.
  sealed interface CoordinateRef {}

  /// Indices along a dimension of the box; operand `start`.
  record RunRef(int start, AxisRef axis) implements CoordinateRef {}

  /// Indices on chip.
  record TableRef(RegionRef region) implements CoordinateRef {}

  /// Control: reads a register when everything before has finished.
  record Fetch(Info info, RegionRef from, int register) implements Op {}

  /// Work whose order or addresses are part of it.
  sealed interface Irregular extends Op {
    /// The boxes it reads.
    List<RegionRef> inputs();

    /// The boxes it writes.
    default List<RegionRef> outputs() {
      return switch (this) {
        case Fold f -> f.outs;
        case Sort s -> List.of(s.out);
        case Histogram h -> List.of(h.out);
        case Gather g -> List.of(g.to);
        case Atomic a -> a.old == null ? List.of() : List.of(a.old);
        case Scatter _, Show _, Verify _ -> List.of();
      };
    }
  }

  /// A DMA whose addresses are data.
  sealed interface Indexed extends Irregular {
    LookupRef lookup();

    /// The box on chip.
    default RegionRef box() {
      return switch (this) {
        case Gather g -> g.to;
        case Scatter s -> s.from;
        case Atomic a -> a.value;
      };
    }
  }

  /// What the lanes of an irregular instruction of the vector processor cost.
  record LaneCost(int flops, int bits, List<RegionRef> picks) {
    public LaneCost {
      picks = List.copyOf(picks);
    }
  }

  /// Vector processor: positions combined in order.
  record Fold(
      Info info,
      List<RegionRef> outs,
      List<LaneNode> values,
      List<LaneNode> combine,
      List<RegionRef> inputs,
      int[] extent,
      int axis,
      boolean isReverse,
      Instr.FoldKind kind,
      LaneCost cost,
      int combineFlops)
      implements Irregular {}

  /// Vector processor: a sort along `axis`.
  record Sort(
      Info info,
      RegionRef out,
      LaneNode value,
      List<RegionRef> inputs,
      int[] extent,
      int axis,
      boolean isDescending,
      LaneCost cost)
      implements Irregular {}

  /// Vector processor: counts per bin.
  record Histogram(
      Info info,
      RegionRef out,
      LaneNode value,
      @Nullable LaneNode mask,
      List<RegionRef> inputs,
      int[] extent,
      LaneCost cost)
      implements Irregular {}

  /// Values for the record of the run.
  record Show(Info info, String title, LaneNode value, List<RegionRef> inputs, int[] extent)
      implements Irregular {}

  /// A condition that must hold everywhere; `message` is null for a promise.
  record Verify(
      Info info, LaneNode condition, List<RegionRef> inputs, int[] extent, @Nullable String message)
      implements Irregular {}

  /// HBM to chip, by index.
  record Gather(Info info, LookupRef lookup, RegionRef to, float fill) implements Indexed {
    @Override
    public List<RegionRef> inputs() {
      return lookup.regions();
    }
  }

  /// Chip to HBM, by index.
  record Scatter(Info info, RegionRef from, LookupRef lookup) implements Indexed {
    @Override
    public List<RegionRef> inputs() {
      var all = lookup.regions();
      all.add(from);
      return all;
    }
  }

  /// Read-modify-write in HBM.
  ///
  /// @param synchronises whether other programs may learn from this array what happened before
  record Atomic(
      Info info,
      @Nullable RegionRef old,
      Instr.AtomicOp op,
      LookupRef lookup,
      RegionRef value,
      @Nullable RegionRef compare,
      boolean synchronises)
      implements Indexed {
    @Override
    public List<RegionRef> inputs() {
      var all = lookup.regions();
      all.add(value);
      if (compare != null) {
        all.add(compare);
      }
      return all;
    }
  }
}
