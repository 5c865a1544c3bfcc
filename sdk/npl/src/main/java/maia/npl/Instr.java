package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  /// an MxN fp32 box, or an i32 box for 8-bit integers. Each output is one chain of fused
  /// multiply-adds in ascending k (of exact sums for integers). On the queue of the vector
  /// processor both operands are fp32 and the chain is the same.
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

  /// Executes `body` with `variable` = from, from + step, ... while below `to`, or above it for a
  /// negative step; `step` must not be zero.
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

  /// Executes `condition`, then, while `test` is non-zero, `body` and `condition` again.
  record While(List<Instr> condition, Expr test, List<Instr> body, Origin origin) implements Instr {
    public While {
      condition = List.copyOf(condition);
      body = List.copyOf(body);
    }
  }

  /// The control processor reads one integer or truth value from tile SRAM into a register of the
  /// queue, when every earlier instruction of the queue has finished; what follows is issued after
  /// that.
  record Load(String register, Place.Region from, Origin origin) implements Instr {}

  // ---- data-dependent work

  /// An instruction beyond strided copies, products and lanes of one box: its order of evaluation
  /// or its addresses are part of it.
  sealed interface Irregular extends Instr {
    /// The boxes it reads, those of its lane expressions not included.
    default List<Place.Region> read() {
      return switch (this) {
        case Fold _, Sort _, Histogram _, Print _, Assert _, Assume _ -> List.of();
        case Gather g -> g.from.regions();
        case Scatter s -> with(s.to.regions(), s.from);
        case Atomic a -> {
          var all = with(a.target.regions(), a.value);
          a.compare.ifPresent(all::add);
          yield all;
        }
      };
    }

    /// The boxes it writes.
    default List<Place.Region> written() {
      return switch (this) {
        case Fold f -> f.outs;
        case Sort s -> List.of(s.out);
        case Histogram h -> List.of(h.out);
        case Gather g -> List.of(g.to);
        case Atomic a -> a.old.stream().toList();
        case Scatter _, Print _, Assert _, Assume _ -> List.of();
      };
    }

    /// Its lane expressions.
    default List<Lane> lanes() {
      return switch (this) {
        case Fold f -> f.values;
        case Sort s -> List.of(s.value);
        case Histogram h -> h.mask.map(m -> List.of(h.value, m)).orElse(List.of(h.value));
        case Print p -> List.of(p.value);
        case Assert a -> List.of(a.condition);
        case Assume a -> List.of(a.condition);
        case Gather _, Scatter _, Atomic _ -> List.of();
      };
    }

    /// The places in HBM it touches.
    default Optional<Lookup> lookup() {
      return switch (this) {
        case Gather g -> Optional.of(g.from);
        case Scatter s -> Optional.of(s.to);
        case Atomic a -> Optional.of(a.target);
        case Fold _, Sort _, Histogram _, Print _, Assert _, Assume _ -> Optional.empty();
      };
    }

    private static List<Place.Region> with(List<Place.Region> regions, Place.Region more) {
      var all = new ArrayList<>(regions);
      all.add(more);
      return all;
    }
  }

  /// Combines the positions of `values` along `axis` one after the other, ascending or, when
  /// `reverse`, descending: the first is taken as it is, every further one is the right side of
  /// `combine`, whose operands are [Lane.Param]s. `REDUCE` gives what is left (the dimension is
  /// removed, or kept with size 1), `SCAN` what was left after each position.
  record Fold(
      List<Place.Region> outs,
      List<Lane> values,
      List<Lane> combine,
      List<Integer> extent,
      int axis,
      boolean reverse,
      FoldKind kind,
      Origin origin)
      implements Irregular {
    public Fold {
      outs = List.copyOf(outs);
      values = List.copyOf(values);
      combine = List.copyOf(combine);
      extent = List.copyOf(extent);
    }
  }

  /// What a [Fold] gives.
  enum FoldKind {
    REDUCE,
    SCAN,
  }

  /// Sorts along `axis`: NaN after everything else, -0 before 0; descending is the exact reverse.
  record Sort(
      Place.Region out,
      Lane value,
      List<Integer> extent,
      int axis,
      boolean descending,
      Origin origin)
      implements Irregular {
    public Sort {
      extent = List.copyOf(extent);
    }
  }

  /// Counts how often 0, 1, ... occur in `value`; `out` has one element per bin. Elements whose
  /// mask is false are not counted, others must be the number of a bin.
  record Histogram(
      Place.Region out, Lane value, Optional<Lane> mask, List<Integer> extent, Origin origin)
      implements Irregular {
    public Histogram {
      extent = List.copyOf(extent);
    }
  }

  /// Reads places of an array; masked-off elements become `fill`.
  record Gather(Lookup from, Place.Region to, float fill, Origin origin) implements Irregular {}

  /// Writes places of an array in row-major order of the box: of several writes to one place the
  /// last counts.
  record Scatter(Place.Region from, Lookup to, Origin origin) implements Irregular {}

  /// Reads, combines with `value` and writes each place in one step that nothing interrupts, in
  /// row-major order of the box; `old` is what was there, 0 where the mask is false. With `CAS`,
  /// `value` is written where the place equals `compare`.
  record Atomic(
      Optional<Place.Region> old,
      AtomicOp op,
      Lookup target,
      Place.Region value,
      Optional<Place.Region> compare,
      Origin origin)
      implements Irregular {}

  /// What an [Atomic] does with the old and the given value. Logic works bit by bit on integers.
  enum AtomicOp {
    ADD,
    AND,
    OR,
    XOR,
    MIN,
    MAX,
    XCHG,
    CAS,
  }

  /// Shows the values of a box in the record of the run. Takes no time.
  record Print(String label, Lane value, List<Integer> extent, Origin origin) implements Irregular {
    public Print {
      extent = List.copyOf(extent);
    }
  }

  /// Stops the run with `message` when an element does not hold. Takes no time.
  record Assert(Lane condition, List<Integer> extent, String message, Origin origin)
      implements Irregular {
    public Assert {
      extent = List.copyOf(extent);
    }
  }

  /// A promise of the author that the simulator verifies. Takes no time.
  record Assume(Lane condition, List<Integer> extent, Origin origin) implements Irregular {
    public Assume {
      extent = List.copyOf(extent);
    }
  }
}
