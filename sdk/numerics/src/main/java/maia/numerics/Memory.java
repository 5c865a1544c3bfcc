package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import maia.base.Check;
import org.jspecify.annotations.Nullable;

/// Off-heap memory for arrays: any thread may use a segment, and it is freed some time after the
/// last view of it is gone. A byte budget triggers reclaim, because the garbage collector does not
/// see off-heap bytes. The budget is soft: data that is really in use may exceed it.
///
/// Small arrays share chunks, so that a scalar costs no cleanup of its own, and large ones use
/// blocks again that the collector has found unreachable, the last one first. Inside a [#scope]
/// memory comes back at the scope's end instead, while the caches still hold it.
///
/// The budget is 2 GiB, or the system property `maia.memory.budget` in bytes.
public final class Memory {
  private static final long BUDGET = Long.getLong("maia.memory.budget", 2L << 30);

  /// Garbage that is collected although the budget is not used up, so that mapped memory is used
  /// again instead of fresh memory.
  private static final long SOFT = 1L << 28;

  /// A collection reads what lives on the Java heap; for each of these bytes it is done less often.
  private static final long HEAVY = 1L << 28;

  private static final int ALIGNMENT = 64;

  /// Arrays up to this many bytes share a chunk: at most one in 16 of its bytes keeps it alive.
  private static final int SMALL = 4 << 10;

  private static final int CHUNK = 64 << 10;
  private static final int RECLAIM_ROUNDS = 5;
  private static final long RECLAIM_WAIT_MILLIS = 40;

  private static final ReferenceQueue<MemorySegment.Scope> FREED = new ReferenceQueue<>();

  /// Found by itself or by a [Probe].
  private static final Map<Object, Owner> OWNERS = new ConcurrentHashMap<>();

  private static final AtomicLong LIVE = new AtomicLong();
  private static final AtomicLong LIMIT = new AtomicLong(Math.min(SOFT, BUDGET));
  private static final AtomicReference<Chunk> OPEN = new AtomicReference<>(Chunk.FULL);

  /// Owners that are in the table although a scope has freed their memory.
  private static final AtomicLong ENDED = new AtomicLong();

  private Memory() {}

  /// Fresh zeroed memory of `bytes` bytes, aligned to 64 bytes.
  public static MemorySegment allocate(long bytes) {
    Check.argument(bytes >= 0, "memory: size must not be negative, was %d bytes", bytes);
    MemoryScope scope = MemoryScope.current();
    if (bytes > SMALL) {
      return large(bytes, true, scope);
    }
    return scope == null ? small(bytes) : scope.small(sizeOf(bytes)).asSlice(0, bytes);
  }

  /// The same with anything in it, for results of which every byte is written.
  static MemorySegment allocateUnset(long bytes) {
    return bytes <= SMALL ? allocate(bytes) : large(bytes, false, MemoryScope.current());
  }

  /// Whether the memory of `segment` is still its own: not after the end of its scope.
  public static boolean isAlive(MemorySegment segment) {
    MemorySegment.Scope scope = segment.scope();
    if (!scope.isAlive() || ENDED.get() == 0) {
      return scope.isAlive();
    }
    Owner owner = OWNERS.get(new Probe(scope));
    return owner == null || !owner.isBack.get();
  }

  /// Refuses memory that a scope has freed.
  static void checkAlive(MemorySegment segment) {
    Check.argument(
        isAlive(segment),
        "array: the scope that freed these %d bytes has ended; make the array before the scope, or"
            + " copy it outside of scopes",
        segment.byteSize());
  }

  /// Opens a scope: arrays that the calling thread makes before its end are freed there.
  public static MemoryScope scope() {
    return MemoryScope.open(false);
  }

  /// Runs `body` as if outside every scope: its arrays live as long as something refers to them.
  public static <T> T outsideScopes(Supplier<T> body) {
    try (MemoryScope _ = MemoryScope.open(true)) {
      return body.get();
    }
  }

  /// A piece of the open chunk. Several threads may take pieces; a thread that finds it full opens
  /// another.
  private static MemorySegment small(long bytes) {
    long size = sizeOf(bytes);
    while (true) {
      Chunk chunk = OPEN.get();
      long at = chunk.used.getAndAdd(size);
      if (at + size <= chunk.memory.byteSize()) {
        return chunk.memory.asSlice(at, bytes);
      }
      OPEN.compareAndSet(chunk, new Chunk(large(CHUNK, true, null)));
    }
  }

  private static long sizeOf(long bytes) {
    return Math.max(ALIGNMENT, Math.ceilDiv(bytes, (long) ALIGNMENT) * ALIGNMENT);
  }

  /// A piece of memory that small arrays of a scope are cut from, with anything in it.
  static MemorySegment chunk(MemoryScope scope) {
    return large(CHUNK, false, scope);
  }

  private static MemorySegment large(long bytes, boolean zeroed, @Nullable MemoryScope scope) {
    expunge();
    MemoryPool.Lease lease = MemoryPool.reuse(bytes);
    if (lease == null && LIVE.get() + bytes > LIMIT.get()) {
      reclaim(bytes);
      lease = MemoryPool.reuse(bytes);
    }
    lease = lease == null ? MemoryPool.make(bytes) : lease;
    if (lease == null && scope != null) {
      LIVE.addAndGet(bytes);
      return scope.allocate(bytes, ALIGNMENT);
    }
    MemorySegment segment = lease == null ? allocateOrReclaim(bytes) : lease.segment();
    if (zeroed && lease != null && lease.isUsed()) {
      segment.fill((byte) 0);
    }
    LIVE.addAndGet(bytes);
    Owner owner = new Owner(segment.scope(), bytes, lease == null ? null : lease.block());
    OWNERS.put(owner, owner);
    if (scope != null) {
      scope.owns(owner);
    }
    return segment;
  }

  /// The end of a scope has freed `bytes` bytes.
  static void released(long bytes) {
    LIVE.addAndGet(-bytes);
  }

  /// Bytes allocated here and not yet found unreachable.
  public static long liveBytes() {
    expunge();
    return LIVE.get();
  }

  private static MemorySegment allocateOrReclaim(long bytes) {
    try {
      return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError full) {
      MemoryPool.trim();
      reclaim(bytes);
      return allocateOrRefuse(bytes);
    }
  }

  private static MemorySegment allocateOrRefuse(long bytes) {
    try {
      return Arena.ofAuto().allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError full) {
      OutOfMemoryError refusal =
          new OutOfMemoryError(
              "memory of arrays: the system has no %,d bytes more, %,d are in use; let arrays go or free them with Memory.scope(), use narrower types, or shapes without memory"
                  .formatted(bytes, LIVE.get()));
      refusal.initCause(full);
      throw refusal;
    }
  }

  /// Collects garbage until `bytes` more fit. The next collection comes when as much again has been
  /// allocated, within the budget, or later where the Java heap is large; data in use does not
  /// trigger a collection per allocation.
  private static synchronized void reclaim(long bytes) {
    for (int round = 0; round < RECLAIM_ROUNDS && LIVE.get() + bytes > LIMIT.get(); round++) {
      System.gc();
      awaitFreed(LIMIT.get() / 2);
      LIMIT.set(Math.max(LIMIT.get(), BUDGET));
    }
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    long live = LIVE.get() + bytes;
    long soft = Math.max(SOFT * Math.clamp(heap / HEAVY, 1, 4), 2 * live);
    LIMIT.set(Math.max(Math.min(soft, BUDGET), live / 4 * 5));
  }

  /// Takes what was freed until no more than `enough` bytes live or nothing comes for a while.
  private static void awaitFreed(long enough) {
    try {
      Reference<?> freed = FREED.remove(RECLAIM_WAIT_MILLIS);
      while (freed instanceof Owner owner) {
        release(owner);
        freed = LIVE.get() > enough ? FREED.remove(RECLAIM_WAIT_MILLIS) : null;
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    expunge();
  }

  private static void expunge() {
    PackedWeights.expunge();
    while (FREED.poll() instanceof Owner owner) {
      release(owner);
    }
  }

  /// Nothing refers to the memory any more.
  private static void release(Owner owner) {
    if (OWNERS.remove(owner) != null && !back(owner)) {
      ENDED.addAndGet(-1);
    }
  }

  /// The end of a scope has freed this memory, to which something may still refer.
  static void end(Owner owner) {
    ENDED.addAndGet(1);
    if (!back(owner)) {
      ENDED.addAndGet(-1);
    }
  }

  /// Takes the memory back, once.
  private static boolean back(Owner owner) {
    if (!owner.isBack.compareAndSet(false, true)) {
      return false;
    }
    LIVE.addAndGet(-owner.bytes);
    if (owner.block != null) {
      MemoryPool.back(owner.block);
    }
    return true;
  }

  /// Memory that small arrays are cut from, and how much of it is taken.
  private static final class Chunk {
    static final Chunk FULL = new Chunk(MemorySegment.NULL);

    final MemorySegment memory;
    final AtomicLong used = new AtomicLong();

    Chunk(MemorySegment memory) {
      this.memory = memory;
    }
  }

  /// Follows the scope, which all views of a segment share.
  static final class Owner extends PhantomReference<MemorySegment.Scope> {
    private final long bytes;
    private final @Nullable ByteBuffer block;
    private final int hash;
    private final AtomicBoolean isBack = new AtomicBoolean();

    Owner(MemorySegment.Scope scope, long bytes, @Nullable ByteBuffer block) {
      super(scope, FREED);
      this.bytes = bytes;
      this.block = block;
      this.hash = System.identityHashCode(scope);
    }

    long bytes() {
      return bytes;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /// Equals the owner of the memory of a scope.
  private record Probe(MemorySegment.Scope scope) {
    @Override
    public int hashCode() {
      return System.identityHashCode(scope);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Owner owner && owner.refersTo(scope);
    }
  }
}
