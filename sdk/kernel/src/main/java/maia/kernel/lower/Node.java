package maia.kernel.lower;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import maia.base.Origin;
import maia.npl.Builtin;
import maia.npl.Engine;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Place;

/// A node of the plan.
sealed interface Node {
  /// The user's line.
  Origin origin();

  /// One instruction of one queue; it is built when slots are known.
  record Step(Queue queue, Supplier<Instr> instr, List<Touch> touches, Origin origin)
      implements Node {
    public Step {
      touches = List.copyOf(touches);
    }
  }

  /// A wait or a signal between a tile and its cluster, which lanes without a program execute too.
  record Token(Queue queue, Share share, boolean isWait, Origin origin) implements Node {
    Instr instr() {
      if (share.isKept()) {
        return isWait ? share.kept().waitForBlock(origin) : share.kept().giveBlock(origin);
      }
      Expr lane = Expr.reg(Builtin.LANE);
      return isWait
          ? new Instr.Wait(share.full(lane), 1, origin)
          : new Instr.Signal(share.free(lane), 1, origin);
    }
  }

  /// A register every queue computes for itself.
  record Assign(String register, Expr value, Origin origin) implements Node {}

  /// Queues that need the scalar in a buffer read it into a register.
  ///
  /// @param queues which do; known when the plan is complete
  record Fetch(String register, Buf buf, Set<Queue> queues, Origin origin) implements Node {
    Fetch(String register, Buf buf, Origin origin) {
      this(register, buf, new LinkedHashSet<>(), origin);
    }

    Place.Region region() {
      return buf.region(false);
    }

    /// The buffer that has the memory which is read.
    @Override
    public Buf buf() {
      return buf.holder();
    }
  }

  /// A loop that goes on while a register is non-zero.
  record Repeat(Expr test, Section body, Origin origin) implements Node {}

  /// A loop.
  record Loop(String variable, Expr from, Expr to, Expr step, Section body, Origin origin)
      implements Node {}

  /// A branch.
  record Cond(Expr condition, Section then, Section otherwise, Origin origin) implements Node {}

  /// A queue of the tile.
  record Queue(Engine engine, int index) {
    static final Queue TTU = new Queue(Engine.TTU, 0);
    static final Queue TVP = new Queue(Engine.TVP, 0);
    static final Queue LOADS = new Queue(Engine.TILE_DMA, 0);

    String label() {
      return switch (engine) {
        case TILE_DMA -> "dma" + index;
        case CLUSTER_DMA -> "cdma" + index;
        case NETWORK_DMA -> "ndma" + index;
        case TTU -> "ttu";
        case TVP -> "tvp";
      };
    }
  }

  /// A read or a write of a buffer.
  ///
  /// @param part 0 for all of it, else a number that other parts, which lie elsewhere, do not have
  record Touch(Buf buf, boolean write, int part) {
    /// The buffer that has the memory which is touched.
    @Override
    public Buf buf() {
      return buf.holder();
    }

    static Touch read(Buf buf) {
      return new Touch(buf, false, 0);
    }

    static Touch write(Buf buf) {
      return new Touch(buf, true, 0);
    }
  }

  /// The sections nested in this node.
  default List<Section> sections() {
    return switch (this) {
      case Step _, Token _, Assign _, Fetch _ -> List.of();
      case Repeat repeat -> List.of(repeat.body());
      case Loop loop -> List.of(loop.body());
      case Cond cond -> List.of(cond.then(), cond.otherwise());
    };
  }
}
