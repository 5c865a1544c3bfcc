package maia.npl;

import java.util.List;
import maia.numerics.DType;

/// A tile program: what every participating tile (and cluster) executes.
///
/// @param name the name shown in reports
/// @param arrays array parameters in HBM, in call order
/// @param scalars scalar parameters, in call order after the arrays
/// @param buffers on-chip buffers; each tile (or cluster, for CSRAM) has its own
/// @param semaphores counting semaphores; each tile (or cluster) has its own
/// @param queues instruction queues
/// @param placement which tiles take part
public record Program(
    String name,
    List<ArrayParam> arrays,
    List<ScalarParam> scalars,
    List<Buffer> buffers,
    List<Semaphore> semaphores,
    List<Queue> queues,
    Placement placement) {
  public Program {
    arrays = List.copyOf(arrays);
    scalars = List.copyOf(scalars);
    buffers = List.copyOf(buffers);
    semaphores = List.copyOf(semaphores);
    queues = List.copyOf(queues);
  }

  /// Which tiles execute a program.
  public enum Placement {
    /// The first tile of the first cluster only.
    ONE_TILE,
    /// Every active tile.
    EVERY_TILE,
  }

  /// How a program uses an array.
  public enum Access {
    /// Read only.
    IN,
    /// Written completely; reading it before writing is an error.
    OUT,
    /// Read and written, possibly in part.
    IN_OUT,
  }

  /// An array in HBM.
  ///
  /// @param name unique in the program
  /// @param type element type; the scales of a block-format array are a parameter of their own
  /// @param access how it is used
  /// @param rank number of dimensions
  /// @param shape the sizes a hand-written program was written for, or empty when any size of this
  ///   rank fits
  public record ArrayParam(String name, DType type, Access access, int rank, List<Long> shape) {
    public ArrayParam {
      shape = List.copyOf(shape);
    }
  }

  /// A scalar argument: an integer type for use in [Expr], F32 for use in [Lane].
  public record ScalarParam(String name, DType type) {}

  /// An on-chip buffer of `slots` equal slots.
  ///
  /// @param name unique in the program
  /// @param space where it lives
  /// @param type element type
  /// @param slots number of slots, at least 1
  /// @param shape sizes of one slot
  public record Buffer(String name, Space space, DType type, int slots, List<Integer> shape) {
    public Buffer {
      shape = List.copyOf(shape);
    }

    /// Elements of one slot.
    public long elements() {
      long count = 1;
      for (int size : shape) {
        count *= size;
      }
      return count;
    }

    /// Bytes of all slots.
    public long bytes() {
      return slots * type.bytes(elements());
    }
  }

  /// A family of `count` counting semaphores.
  ///
  /// @param name unique in the program
  /// @param scope who shares one
  /// @param count number of members, addressed by [SemaphoreRef#index]
  /// @param initial initial value; a program must leave each member at this value
  /// @param maximum largest value; a signal beyond it is an error
  public record Semaphore(String name, Scope scope, int count, int initial, int maximum) {}

  /// Who shares a semaphore.
  public enum Scope {
    /// The queues of one tile.
    TILE,
    /// The queues of a cluster and its tiles.
    CLUSTER,
  }

  /// An in-order queue of one engine.
  ///
  /// @param engine the engine
  /// @param index which of several equal engines (the DMA channel)
  /// @param body its instructions
  public record Queue(Engine engine, int index, List<Instr> body) {
    public Queue {
      body = List.copyOf(body);
    }

    /// The name shown in traces and messages, such as `ttu` or `dma0`.
    public String name() {
      return switch (engine) {
        case TILE_DMA -> "dma" + index;
        case CLUSTER_DMA -> "cdma" + index;
        case NETWORK_DMA -> "ndma" + index;
        case TTU -> "ttu";
        case TVP -> "tvp";
      };
    }
  }

  /// The text form; [Npl#parse] reads it back.
  @Override
  public String toString() {
    return NplText.print(this);
  }
}
