package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Blocks of off-heap memory that are used again: their pages are mapped, while the first touch of
/// fresh memory costs more than adding two matrices of that size (decision 049).
///
/// A block is handed out as a segment with a scope of its own, which all its views share; when the
/// collector has found that scope unreachable, the block may be handed out again. Sizes are rounded
/// up to a quarter of a power of two.
final class MemoryPool {
  private static final long SMALLEST = 4L << 10;
  private static final long LARGEST = 256L << 20;
  private static final int ALIGNMENT = 64;
  private static final int QUARTERS = 4;

  /// The JVM limits buffers to the size of its heap; half of that stays for others.
  private static final long MOST = Math.min(5L << 29, Runtime.getRuntime().maxMemory() / 2);

  private static final Map<Integer, ConcurrentLinkedDeque<ByteBuffer>> FREE =
      new ConcurrentHashMap<>();
  private static final AtomicLong MADE = new AtomicLong();

  private MemoryPool() {}

  /// A block and the view of it that was handed out.
  ///
  /// @param block what comes back to the pool
  /// @param segment the memory, with a scope of its own
  /// @param isUsed whether there may be anything in it; else it is zero
  record Lease(ByteBuffer block, MemorySegment segment, boolean isUsed) {}

  /// Memory of `bytes` bytes out of a block that came back, or null where there is none.
  static @Nullable Lease reuse(long bytes) {
    if (bytes < SMALLEST || bytes > LARGEST) {
      return null;
    }
    ConcurrentLinkedDeque<ByteBuffer> blocks = FREE.get(sizeOf(bytes));
    ByteBuffer block = blocks == null ? null : blocks.pollFirst();
    return block == null ? null : lease(block, bytes, true);
  }

  /// Memory of `bytes` bytes in a new block, or null where the pool does not serve that size or is
  /// full.
  static @Nullable Lease make(long bytes) {
    if (bytes < SMALLEST || bytes > LARGEST) {
      return null;
    }
    int size = sizeOf(bytes);
    if (MADE.addAndGet(size) > MOST) {
      MADE.addAndGet(-size);
      return null;
    }
    try {
      return lease(ByteBuffer.allocateDirect(size + ALIGNMENT), bytes, false);
    } catch (OutOfMemoryError full) {
      MADE.addAndGet(-size);
      return null;
    }
  }

  private static Lease lease(ByteBuffer block, long bytes, boolean isUsed) {
    int from = -block.alignmentOffset(0, ALIGNMENT) & (ALIGNMENT - 1);
    return new Lease(block, MemorySegment.ofBuffer(block.slice(from, (int) bytes)), isUsed);
  }

  /// Takes back a block whose segment nobody can reach any more.
  static void back(ByteBuffer block) {
    FREE.computeIfAbsent(block.capacity() - ALIGNMENT, _ -> new ConcurrentLinkedDeque<>())
        .addFirst(block);
  }

  /// Lets the free blocks go.
  static void trim() {
    for (ConcurrentLinkedDeque<ByteBuffer> blocks : FREE.values()) {
      for (ByteBuffer block = blocks.pollFirst(); block != null; block = blocks.pollFirst()) {
        MADE.addAndGet(-(block.capacity() - ALIGNMENT));
      }
    }
  }

  private static int sizeOf(long bytes) {
    long step = Math.max(SMALLEST / QUARTERS, Long.highestOneBit(bytes - 1) / QUARTERS);
    return (int) (Math.ceilDiv(bytes, step) * step);
  }
}
