package maia.sim;

import maia.npl.Boxes;
import org.jspecify.annotations.Nullable;

/// One issued instruction with the values of its operands.
final class Entry {
  final Op op;
  final long[] values;
  final long issued;
  final Sizes sizes;

  /// Whether the queue frees a place when this entry leaves it.
  boolean endsGroup;

  /// The sizes an instruction works on: m, n, k of a product, the box of a vector instruction.
  int[] box = {};

  /// Where the copy before of the same instruction and sizes moves.
  @Nullable CopyPlan likely;

  /// Where a copy moves, for DMA.
  @Nullable CopyPlan plan;

  /// The addresses of a DMA whose indices are data.
  @Nullable LookupPlan lookup;

  /// What the queue had waited for when this entry left it.
  Transaction transaction = Transaction.NONE;

  /// What is ordered before this entry: per queue of the domain, the last epoch known.
  long[] clock = {};

  /// The queue's own epoch.
  long epoch;

  long start;
  long done = Long.MAX_VALUE;

  /// @param earlier the entry before of the same instruction, if any
  Entry(Op op, long[] values, long issued, @Nullable Entry earlier) {
    this.op = op;
    this.values = values;
    this.issued = issued;
    if (op instanceof Op.Sync) {
      sizes = Sizes.NONE;
    } else if (earlier != null && limitsAre(earlier.values)) {
      sizes = earlier.sizes;
      likely = earlier.plan;
    } else {
      sizes = new Sizes(op.info().regions());
    }
  }

  private boolean limitsAre(long[] others) {
    for (int operand : op.info().limits()) {
      if (values[operand] != others[operand]) {
        return false;
      }
    }
    return true;
  }

  /// Whether a DMA writes this slot.
  boolean writes(int buffer, long slot) {
    Op.RegionRef to =
        switch (op) {
          case Op.Load load -> load.to();
          case Op.Move move -> move.to();
          case Op.Gather gather -> gather.to();
          case Op.Atomic atomic -> atomic.old();
          default -> null;
        };
    return to != null && to.buffer() == buffer && values[to.at()] == slot;
  }

  /// The sizes of the box as stored that the instruction touches.
  int[] extent(Op.RegionRef r) {
    int[] known = sizes.extents[r.number()];
    if (known == null) {
      known = limited(r);
      sizes.extents[r.number()] = known;
    }
    return known;
  }

  private int[] limited(Op.RegionRef r) {
    int[] sizes = r.extent();
    int[] limits = r.limits();
    for (int d = 0; d < limits.length; d++) {
      if (limits[d] >= 0) {
        int size = Boxes.effective(r.extent()[d], values[limits[d]]);
        if (size != r.extent()[d]) {
          sizes = sizes == r.extent() ? sizes.clone() : sizes;
          sizes[d] = size;
        }
      }
    }
    return sizes;
  }

  /// The sizes of the box that the instruction sees.
  int[] shape(Op.RegionRef r) {
    int[] sizes = extent(r);
    if (!r.isTransposed()) {
      return sizes;
    }
    int[] seen = sizes.clone();
    int last = seen.length - 1;
    seen[last] = sizes[last - 1];
    seen[last - 1] = sizes[last];
    return seen;
  }

  long program() {
    return values[OpLoader.PROGRAM];
  }
}
