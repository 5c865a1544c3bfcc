package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

  private final Arena arena = Arena.ofShared();
  private final Thread owner = Thread.currentThread();
  private final @Nullable MemoryScope outer;
  private final boolean collected;
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

  MemorySegment allocate(long size, long alignment) {
    MemorySegment segment = arena.allocate(size, alignment);
    bytes.addAndGet(size);
    return segment;
  }

  /// Bytes allocated in this scope so far.
  public long bytes() {
    return bytes.get();
  }

  /// Frees the arrays of this scope; using one afterwards is refused.
  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
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
    arena.close();
    Memory.released(bytes.get());
  }
}
