package maia.npl;

import java.util.List;
import maia.base.Origin;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// An instruction of a queue. Every one knows the user's line it came from.
public sealed interface Instr {
  /// The user's line.
  Origin origin();

  // ---- synchronisation, any queue

  /// Blocks the queue until the semaphore is at least `count`, then subtracts it.
  record Wait(SemaphoreRef semaphore, int count, Origin origin) implements Instr {}

  /// Adds `count` to the semaphore when every earlier instruction of the queue has finished.
  record Signal(SemaphoreRef semaphore, int count, Origin origin) implements Instr {}

  // ---- DMA

  /// Moves a box. Masked-off elements of a window are not read, and `fill` is written in their
  /// place on chip; on a store they are not written.
  record Copy(Place from, Place to, float fill, Origin origin) implements Instr {}

  // ---- TTU

  /// `acc = a x b` where `clear` is non-zero, else `acc += a x b`. `a` is MxK, `b` is KxN, `acc` is
  /// an MxN fp32 box. Each output is one chain of fused multiply-adds in ascending k.
  record Mma(Place.Region acc, Place.Region a, Place.Region b, Expr clear, Origin origin)
      implements Instr {}

  /// As [Mma] on block-scaled operands: scales of `a` are Mx(K/block), those of `b` are
  /// (K/block)xN, both possibly seen through transposed regions; each element is multiplied by its
  /// scale exactly before it enters the chain.
  record MmaScaled(
      Place.Region acc,
      Place.Region a,
      Place.Region aScale,
      Place.Region b,
      Place.Region bScale,
      int block,
      Expr clear,
      Origin origin)
      implements Instr {}

  // ---- TVP

  /// Evaluates a lane expression over a box and stores it, converted to the box's type (nearest
  /// even, saturating).
  record Map(Place.Region out, Lane value, Origin origin) implements Instr {}

  /// Reduces `in` along `axis`; `out` has that dimension removed, or kept with size 1. Sums use the
  /// fixed order of the numerics room.
  record Reduce(
      Place.Region out, ReduceOp op, Lane value, List<Integer> extent, int axis, Origin origin)
      implements Instr {
    public Reduce {
      extent = List.copyOf(extent);
    }
  }

  /// Quantises fp32 rows to a block format along the last dimension: elements and their scales.
  record Quantize(
      Place.Region elements,
      Place.Region scales,
      Place.Region in,
      BlockFormat format,
      ScaleRule rule,
      Origin origin)
      implements Instr {}

  /// Reductions.
  enum ReduceOp {
    SUM,
    MAX,
    MIN,
  }

  // ---- control, any queue

  /// Writes a register of the queue.
  record Set(String register, Expr value, Origin origin) implements Instr {}

  /// Executes `body` with `variable` = from, from + step, ... while below `to`; `step` must be
  /// positive.
  record Repeat(String variable, Expr from, Expr to, Expr step, List<Instr> body, Origin origin)
      implements Instr {
    public Repeat {
      body = List.copyOf(body);
    }
  }

  /// Executes `then` when the condition is non-zero, else `otherwise`.
  record When(Expr condition, List<Instr> then, List<Instr> otherwise, Origin origin)
      implements Instr {
    public When {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }
}
