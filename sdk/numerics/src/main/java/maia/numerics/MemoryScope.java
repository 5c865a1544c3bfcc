package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import maia.base.Check;
import org.jspecify.annotations.Nullable;

/// A stretch of one thread's work whose arrays are freed together at its end, without the garbage
/// collector. Scopes nest. Arrays made by other threads meanwhile are not part of it; any thread
/// may use those that are, until the end.
///
/// ```java
/// try (var scope = Memory.scope()) {
///   HostArray.zeros(DType.F32, 1 << 20);
/// } // freed here
/// ```
public final class MemoryScope implements AutoCloseable {
  private static final ThreadLocal<@Nullable MemoryScope> CURRENT = new ThreadLocal<>();

  private final Thread owner = Thread.currentThread();
  private final @Nullable MemoryScope outer;
  private final boolean collected;

  /// What the pool lent.
  private final List<Memory.Owner> owners = new ArrayList<>();

  /// What it does not serve, made on first use.
  private @Nullable Arena arena;

  private long arenaBytes;
  private MemorySegment chunk = MemorySegment.NULL;
  private boolean isClosed;
  private final AtomicLong bytes = new AtomicLong();

  private MemoryScope(@Nullable MemoryScope outer, boolean collected) {
    this.outer = outer;
    this.collected = collected;
  }

  /// Opens a scope inside the current one.
  static MemoryScope open(boolean collected) {
    MemoryScope scope = new MemoryScope(CURRENT.get(), collected);
    CURRENT.set(scope);
    return scope;
  }

  /// The scope that the calling thread's arrays belong to, or null where the garbage collector
  /// frees them.
  static @Nullable MemoryScope current() {
    MemoryScope scope = CURRENT.get();
    return scope == null || scope.collected ? null : scope;
  }

  /// Zeroed memory of a few bytes, a multiple of what memory is aligned to.
  MemorySegment small(long size) {
    if (chunk.byteSize() < size) {
      chunk = Memory.chunk(this);
      bytes.addAndGet(-chunk.byteSize());
    }
    MemorySegment piece = chunk.asSlice(0, size);
    chunk = chunk.asSlice(size);
    bytes.addAndGet(size);
    return piece.fill((byte) 0);
  }

  /// Zeroed memory that the pool does not serve.
  MemorySegment allocate(long size, long alignment) {
    arena = arena == null ? Arena.ofShared() : arena;
    MemorySegment segment = arena.allocate(size, alignment);
    arenaBytes += size;
    bytes.addAndGet(size);
    return segment;
  }

  /// Takes memory that the pool lent.
  void owns(Memory.Owner lent) {
    owners.add(lent);
    bytes.addAndGet(lent.bytes());
  }

  /// Bytes allocated in this scope so far.
  public long bytes() {
    return bytes.get();
  }

  /// Frees the arrays of this scope; using one afterwards is refused. Their raw segments belong to
  /// other arrays then.
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    Check.argument(
        CURRENT.get() == this && owner == Thread.currentThread(),
        "memory scope: must be closed by the thread that opened it, inner scopes first; use try"
            + " (var scope = ...)");
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
    isClosed = true;
    if (arena != null) {
      arena.close();
      Memory.released(arenaBytes);
    }
    owners.forEach(Memory::end);
    owners.clear();
  }
}
