package maia.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maia.graph.Plan;
import maia.graph.Step;
import maia.graph.Value;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.tensor.Tensor;

/// The memory of a compiled function: what its steps ask for, in order, and where in one block each
/// piece lies.
final class Places {
  /// The place of what the caller keeps.
  private static final int OUTSIDE = -1;

  private final MemoryPlan plan;

  /// For each step, the pieces that it asks for: numbers of buffers of the plan, or [#OUTSIDE].
  private final List<List<Integer>> pieces;

  /// Their sizes.
  private final List<List<Long>> sizes;

  private Places(MemoryPlan plan, List<List<Integer>> pieces, List<List<Long>> sizes) {
    this.plan = plan;
    this.pieces = pieces;
    this.sizes = sizes;
  }

  MemoryPlan plan() {
    return plan;
  }

  /// The places of the results of `plan` with these inputs, found by walking its steps with shapes
  /// and without running a kernel.
  static Places of(Plan plan, Machine machine, Map<Integer, Tensor> shapes) {
    Trace trace = new Trace();
    Steps steps = Steps.asking(trace, machine);
    Map<Integer, Integer> last = lastUses(plan);
    Map<Integer, Tensor> values = new HashMap<>(shapes);
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      trace.begin(i, step);
      PlanRun.execute(steps, step, values);
      for (Value output : step.outputs()) {
        trace.holds(output, PlanRun.value(values, output), last.getOrDefault(output.id(), i));
      }
    }
    return trace.places(plan.steps().size());
  }

  /// For each value the last step that reads it; a step beyond the last for the result.
  static Map<Integer, Integer> lastUses(Plan plan) {
    Map<Integer, Integer> last = new HashMap<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      int step = i;
      plan.steps().get(i).outputs().forEach(v -> last.put(v.id(), step));
      plan.steps().get(i).inputs().forEach(v -> last.put(v.id(), step));
    }
    last.put(plan.graph().output().id(), plan.steps().size());
    return last;
  }

  /// For each step, the bytes it asks for, piece by piece.
  List<List<Long>> sizes() {
    return sizes;
  }

  /// A block for one call.
  Block block() {
    return new Block();
  }

  /// Memory of one call. A step that asks for something else than it was planned with gets memory
  /// of its own.
  final class Block implements ResultMemory {
    /// With anything in it: what a piece held is overwritten when it is given out.
    private final MemorySegment memory = HostArray.unset(DType.U8, plan.peakBytes()).segment();

    private int step;
    private int next;

    @Override
    public void begin(int step) {
      this.step = step;
      next = 0;
    }

    @Override
    public HostArray array(boolean isTimingOnly, ElementType type, long... shape) {
      return isTimingOnly ? HostArray.meta(type, shape) : HostArray.in(this::piece, type, shape);
    }

    private MemorySegment piece(long bytes) {
      int piece = next++;
      boolean isPlanned = piece < sizes.get(step).size() && sizes.get(step).get(piece) == bytes;
      if (!isPlanned) {
        next = Integer.MAX_VALUE;
        return ResultMemory.separate(bytes);
      }
      int buffer = pieces.get(step).get(piece);
      return buffer == OUTSIDE
          ? ResultMemory.separate(bytes)
          : memory.asSlice(plan.buffers().get(buffer).offset(), bytes).fill((byte) 0);
    }
  }

  /// Notes what steps ask for. Every piece gets a range of addresses, by which a view of it is
  /// known.
  private static final class Trace implements ResultMemory {
    private static final class Piece {
      private final int step;
      private final long address;
      private final long bytes;
      private String what;
      private int last;

      Piece(int step, long address, long bytes, String what) {
        this.step = step;
        this.address = address;
        this.bytes = bytes;
        this.what = what;
        this.last = step;
      }

      boolean has(MemorySegment segment) {
        return segment.address() >= address && segment.address() - address < bytes;
      }
    }

    private final List<Piece> pieces = new ArrayList<>();
    private long end = MemoryPlan.ALIGNMENT;
    private int step;
    private String what = "";

    void begin(int step, Step of) {
      this.step = step;
      this.what = Compilation.label(of);
    }

    @Override
    public HostArray array(boolean isTimingOnly, ElementType type, long... shape) {
      return HostArray.in(this::piece, type, shape);
    }

    private MemorySegment piece(long bytes) {
      Piece piece = new Piece(step, end, bytes, "for " + what);
      pieces.add(piece);
      end += Math.max(1, Math.ceilDiv(bytes, (long) MemoryPlan.ALIGNMENT)) * MemoryPlan.ALIGNMENT;
      return MemorySegment.ofAddress(piece.address);
    }

    /// Where `value` lies is needed up to step `last`. Whatever is needed now may be where a tensor
    /// lies whose address is not known.
    void holds(Value value, Tensor tensor, int last) {
      holds(value, tensor.segment(), last);
      tensor.scales().ifPresent(s -> holds(value, s.segment(), last));
    }

    private void holds(Value value, MemorySegment segment, int last) {
      for (Piece piece : pieces) {
        boolean isHere = piece.has(segment);
        boolean mayBe = segment.equals(MemorySegment.NULL) && piece.last >= step;
        if (isHere || mayBe) {
          piece.what = isHere && piece.step == step ? value.typed() : piece.what;
          piece.last = Math.max(piece.last, last);
        }
      }
    }

    Places places(int steps) {
      List<MemoryPlan.Buffer> inside = new ArrayList<>();
      List<List<Integer>> numbers = lists(steps);
      List<List<Long>> sizes = lists(steps);
      long outside = 0;
      for (Piece piece : pieces) {
        boolean isKept = piece.last == steps;
        long room = Math.ceilDiv(piece.bytes, (long) MemoryPlan.ALIGNMENT) * MemoryPlan.ALIGNMENT;
        sizes.get(piece.step).add(piece.bytes);
        numbers.get(piece.step).add(isKept ? OUTSIDE : inside.size());
        if (isKept) {
          outside += piece.bytes;
        } else {
          inside.add(new MemoryPlan.Buffer(piece.what, 0, room, piece.step, piece.last));
        }
      }
      return new Places(MemoryPlan.of(inside, outside), numbers, sizes);
    }

    private static <T> List<List<T>> lists(int count) {
      List<List<T>> lists = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        lists.add(new ArrayList<>());
      }
      return lists;
    }
  }
}
