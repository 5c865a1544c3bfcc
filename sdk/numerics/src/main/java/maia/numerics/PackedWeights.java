package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import maia.base.Check;
import org.jspecify.annotations.Nullable;

/// Copies of weights in the order in which products read them, made when one weight is used a
/// second time without having been written in between (decision 054). No result depends on them.
///
/// A copy is dropped when its memory is written through a tensor, a kernel or an array of this
/// package, and given back when its weight is gone, or when the Java heap is short. Whoever writes
/// into a memory segment directly calls [#written].
///
/// Copies take at most a third of the Java heap, or the bytes of the system property
/// `maia.weights.budget`, or of [#limit(long)]; 0 turns them off. Weights beyond that are read
/// where they lie.
public final class PackedWeights {
  /// Elements from which a copy pays.
  private static final long LEAST = 1 << 12;

  /// Weights whose uses are counted.
  private static final int MOST = 1 << 12;

  /// Look-ups without a use after which a copy makes room for others.
  private static final long STALE = 1 << 14;

  private static final ReferenceQueue<MemorySegment.Scope> GONE = new ReferenceQueue<>();
  private static final Map<Place, Weights> ALL = new ConcurrentHashMap<>();
  private static final AtomicLong LOOKUPS = new AtomicLong();
  private static final AtomicLong LIMIT =
      new AtomicLong(Long.getLong("maia.weights.budget", Runtime.getRuntime().maxMemory() / 3));

  private PackedWeights() {}

  /// Tells that `memory` has been written other than through tensors and arrays: products read it
  /// anew.
  public static void written(MemorySegment memory) {
    VarHandle.fullFence(); // the writes come before the look, or whoever packs sees them
    if (ALL.isEmpty() || !memory.isNative()) {
      return;
    }
    long from = memory.address();
    long end = from + memory.byteSize();
    for (Weights weights : ALL.values()) {
      if (weights.from < end && from < weights.end) {
        weights.drop();
      }
    }
  }

  /// Bytes that copies take now.
  public static long bytes() {
    expunge();
    return ALL.values().stream().mapToLong(Weights::held).sum();
  }

  /// Bytes that copies may take.
  public static long limit() {
    return LIMIT.get();
  }

  /// Lets copies take at most `bytes` bytes; those that take more go.
  public static void limit(long bytes) {
    Check.argument(bytes >= 0, "packed weights: limit must not be negative, was %d bytes", bytes);
    LIMIT.set(bytes);
    for (Weights weights : ALL.values()) {
      if (bytes() <= bytes) {
        return;
      }
      weights.drop();
    }
  }

  /// The [Panels] of `b`, `k` rows and `n` columns, or null where there are none and this is not
  /// the time to make them.
  ///
  /// @param make whether a use like this one counts
  static float @Nullable [] of(Tile tile, Operand b, int n, int k, boolean make, boolean parallel) {
    if ((long) n * k < LEAST || !b.x().isNative() || LIMIT.get() == 0) {
      return null;
    }
    expunge();
    MemorySegment.Scope scope = b.x().scope();
    Place place = Place.of(b, n, k);
    Weights weights = ALL.get(place);
    long now = LOOKUPS.incrementAndGet();
    if (weights != null && weights.refersTo(scope)) {
      return weights.panels(tile, b, make, parallel, now);
    }
    if (make) {
      note(new Weights(place, scope, now));
    }
    return null;
  }

  private static void note(Weights weights) {
    if (ALL.size() >= MOST) {
      ALL.values().removeIf(w -> w.held() == 0);
    }
    Weights old = ALL.put(weights.place, weights);
    if (old != null) {
      old.drop();
    }
  }

  static void expunge() {
    while (GONE.poll() instanceof Weights weights) {
      weights.drop();
    }
  }

  /// Whether there is room for `weights`, which are held from now on if so.
  private static synchronized boolean hold(Weights weights, long bytes, long now) {
    long left = LIMIT.get() - bytes() - bytes;
    for (Weights other : ALL.values()) {
      if (left < 0 && other.held() > 0 && now - other.lastUse > STALE) {
        left += other.held();
        other.drop();
      }
    }
    return left >= 0 && weights.hold(bytes);
  }

  /// What is packed: the memory from `address` on as a matrix.
  ///
  /// @param address of element (0, 0)
  /// @param type of the elements
  /// @param row step between rows
  /// @param column step between columns
  /// @param n columns
  /// @param k rows
  private record Place(long address, DType type, long row, long column, int n, int k) {
    static Place of(Operand b, int n, int k) {
      // types of less than a byte may begin inside one: their places are counted in bits
      long bits = 8 * b.x().address() + b.at() * b.type().bits();
      return new Place(bits, b.type(), b.row(), b.column(), n, k);
    }

    long first() {
      long low = Math.min(0, (k - 1) * row) + Math.min(0, (n - 1) * column);
      return Math.floorDiv(address + low * type.bits(), 8L);
    }

    long end() {
      long high = Math.max(0, (k - 1) * row) + Math.max(0, (n - 1) * column);
      return Math.ceilDiv(address + (high + 1) * type.bits(), 8L);
    }
  }

  /// One weight that has been used, and its copy.
  private static final class Weights extends WeakReference<MemorySegment.Scope> {
    private final Place place;
    private final long from;
    private final long end;
    private volatile long lastUse;
    private volatile @Nullable SoftReference<float[]> panels;
    private long holding;
    private boolean isBusy;
    private boolean isDropped;
    private boolean isTooLarge;

    Weights(Place place, MemorySegment.Scope scope, long now) {
      super(scope, GONE);
      this.place = place;
      this.from = place.first();
      this.end = place.end();
      this.lastUse = now;
    }

    float @Nullable [] panels(Tile tile, Operand b, boolean make, boolean parallel, long now) {
      lastUse = now;
      SoftReference<float[]> reference = panels;
      float[] ready = reference == null ? null : reference.get();
      if (ready != null || !make || !begin()) {
        return ready;
      }
      float[] made = null;
      try {
        long size = Panels.size(tile, place.n, place.k);
        if (size < Integer.MAX_VALUE - 8 && PackedWeights.hold(this, 4 * size, now)) {
          made = Panels.of(tile, b, place.n, place.k, parallel);
        }
      } catch (OutOfMemoryError full) {
        isTooLarge = true;
      } finally {
        made = finish(made);
      }
      return made;
    }

    /// One thread packs; the others read the weights where they lie meanwhile.
    private synchronized boolean begin() {
      boolean mine = !isBusy && !isDropped && !isTooLarge;
      isBusy |= mine;
      return mine;
    }

    private synchronized boolean hold(long bytes) {
      holding = bytes;
      return true;
    }

    /// What was made, unless the weights have been written meanwhile.
    private synchronized float @Nullable [] finish(float @Nullable [] made) {
      isBusy = false;
      if (made == null || isDropped) {
        holding = 0;
        return null;
      }
      panels = new SoftReference<>(made);
      return made;
    }

    /// Bytes of the copy, or of the one that is being made.
    synchronized long held() {
      SoftReference<float[]> reference = panels;
      boolean lost = reference != null && reference.get() == null;
      if (lost) {
        panels = null;
        holding = 0;
      }
      return holding;
    }

    void drop() {
      synchronized (this) {
        isDropped = true;
        panels = null;
        holding = 0;
      }
      ALL.remove(place, this);
    }
  }
}
