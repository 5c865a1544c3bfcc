package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Decides when the vector loops take over. Until the JIT has compiled them, vector code runs
/// thousands of times slower than plain loops, which are fast at once. So plain loops do the work,
/// and when there has been enough of it, a daemon thread runs the vector loops on a few numbers
/// until they are compiled. The results have the same bits either way.
final class WarmUp {
  /// Elements or multiply-adds after which vectors are worth compiling: some milliseconds of work.
  private static final long DEMAND = 1L << 21;

  /// Calls of each loop, several times what makes C2 compile it.
  private static final int CALLS = 40_000;

  /// Calls of the loops of matrix products, which repeat inside.
  private static final int LOOPS = 3_000;

  private static final int DEPTH = 32;
  private static final int SIZE = 2048;

  private static final Kernels PLAIN = new ScalarKernels();
  private static final AtomicLong WORK = new AtomicLong();
  private static volatile @Nullable Kernels vectors;

  private WarmUp() {}

  /// The vector loops when ready, else the plain ones; `work` counts towards starting.
  static Kernels current(long work) {
    Kernels ready = vectors;
    return ready != null ? ready : plain(work);
  }

  private static Kernels plain(long work) {
    if (WORK.get() < DEMAND && WORK.addAndGet(work) >= DEMAND && isPresent()) {
      Background.start();
    }
    return PLAIN;
  }

  /// The vector loops, compiled or not, where the module is there.
  static Optional<Kernels> vectors() {
    return isPresent() && VectorKernels.isUsable()
        ? Optional.of(new VectorKernels())
        : Optional.empty();
  }

  /// Returns once the vector loops have taken over, if they ever will.
  static void await() throws InterruptedException {
    if (isPresent()) {
      Background.start().join();
    }
  }

  private static boolean isPresent() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /// The one thread.
  private static final class Background {
    private static final Thread THREAD =
        Thread.ofPlatform().daemon().name("maia-warm-up").unstarted(Background::run);

    static synchronized Thread start() {
      if (THREAD.getState() == Thread.State.NEW) {
        THREAD.start();
      }
      return THREAD;
    }

    private static final MemorySegment MEMORY = Arena.ofAuto().allocate(4L * SIZE);

    private static void run() {
      vectors()
          .ifPresent(kernels -> {
            exercise(kernels);
            vectors = kernels;
          });
    }

    private static void exercise(Kernels kernels) {
      float[] x = new float[SIZE];
      float[] y = new float[SIZE];
      for (int i = 0; i < LOOPS; i++) {
        loops(kernels, x, y);
      }
      for (int i = 0; i < CALLS; i++) {
        functions(kernels, x, y);
      }
    }

    /// With trip counts of real work: C2 keeps the range checks in a loop that it has seen to be
    /// short.
    private static void loops(Kernels kernels, float[] x, float[] y) {
      Tile tile = kernels.tile();
      if (tile != null) {
        tile.multiplyAdd(DEPTH, x, 0, x, 0, MEMORY, 0, tile.columns());
        tile.multiplyAdd(DEPTH, x, 0, x, 0, y, 0, tile.columns());
        tile.copyColumns(x, 0, tile.columns(), DEPTH, y, 0, 1);
        tile.interleave(x, tile.rows(), DEPTH, tile.rows(), y, 0);
      }
      for (Elementwise.Pair pair : Elementwise.Pair.values()) {
        kernels.pair(pair, MEMORY, 0, MEMORY, 0, MEMORY, 0, SIZE / 8);
        kernels.pair(pair, MEMORY, 0, 1f, MEMORY, 0, SIZE / 8);
      }
    }

    private static void functions(Kernels kernels, float[] x, float[] y) {
      int count = Reduce.LANES;
      kernels.addToLanes(x, 0, count, y);
      kernels.max(x, 0, 2 * count);
      kernels.squaresToLanes(x, 0, count, 0, y);
      kernels.expMinus(x, 0, 0, y, 0, count);
      kernels.exp(x, 0, y, 0, count);
      kernels.exp2(x, 0, y, 0, count);
      kernels.log(x, 0, y, 0, count);
      kernels.log2(x, 0, y, 0, count);
      kernels.tanh(x, 0, y, 0, count);
      kernels.erf(x, 0, y, 0, count);
      kernels.sigmoid(x, 0, y, 0, count);
    }
  }
}
