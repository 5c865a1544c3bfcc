package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Decides when the vector loops take over. Until the JIT has compiled them, vector code runs
/// thousands of times slower than plain loops, which are fast at once. So plain loops do the work,
/// and when there has been enough of it, a daemon thread runs the vector loops on a few numbers
/// until they are compiled. The results have the same bits either way.
final class WarmUp {
  /// Elements or multiply-adds after which vectors are worth compiling: some milliseconds of work.
  private static final long DEMAND = 1L << 21;

  /// Converted elements after which vectors are worth compiling: a conversion does more than a
  /// multiply-add.
  private static final long CODES_DEMAND = 1L << 19;

  /// Calls of each loop, several times what makes C2 compile it.
  private static final int CALLS = 40_000;

  /// Calls of the loops of matrix products, which repeat inside.
  private static final int LOOPS = 3_000;

  private static final int DEPTH = 32;
  private static final int SIZE = 1 << 12;

  private static final Warming<Kernels> KERNELS =
      new Warming<>("maia-warm-up", new ScalarKernels(), DEMAND, WarmUp::vectors, WarmUp::exercise);

  private static final Warming<CodeLoops> CODES =
      new Warming<>(
          "maia-warm-up-codes",
          new PlainCodeLoops(),
          CODES_DEMAND,
          WarmUp::vectorCodes,
          WarmUp::exercise);

  @SuppressWarnings(
      "OptionalMapToOptional") // empty while they warm up, none for ever without vectors
  private static final Warming<Optional<MemoryLoops>> MEMORY =
      new Warming<>(
          "maia-warm-up-memory",
          Optional.empty(),
          DEMAND,
          () -> memoryLoops().map(Optional::of),
          loops -> loops.ifPresent(MemoryWarmUp::exercise));

  private WarmUp() {}

  /// The vector loops when ready, else the plain ones; `work` counts towards starting.
  static Kernels current(long work) {
    return KERNELS.current(work);
  }

  /// The same for conversions.
  static CodeLoops codes(long work) {
    return CODES.current(work);
  }

  /// The same for loops on memory, which have no plain form.
  static Optional<MemoryLoops> memory(long work) {
    return MEMORY.current(work);
  }

  /// The loops on memory, compiled or not, where the module is there.
  static Optional<MemoryLoops> memoryLoops() {
    return isPresent() && VectorKernels.isUsable()
        ? Optional.of(new VectorMemoryLoops())
        : Optional.empty();
  }

  /// The vector loops, compiled or not, where the module is there.
  static Optional<Kernels> vectors() {
    return isPresent() && VectorKernels.isUsable()
        ? Optional.of(new VectorKernels())
        : Optional.empty();
  }

  /// The vector loops of conversions, compiled or not, where the module is there.
  static Optional<CodeLoops> vectorCodes() {
    return isPresent() && VectorKernels.isUsable()
        ? Optional.of(new VectorCodeLoops())
        : Optional.empty();
  }

  /// Returns once the vector loops have taken over, if they ever will.
  static void await() throws InterruptedException {
    KERNELS.await();
    CODES.await();
    MEMORY.await();
  }

  private static boolean isPresent() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private static void exercise(Kernels kernels) {
    MemorySegment memory = Arena.ofAuto().allocate(4L * SIZE);
    float[] x = new float[SIZE];
    float[] y = new float[SIZE];
    for (int i = 0; i < LOOPS; i++) {
      loops(kernels, x, y, memory);
    }
    for (int i = 0; i < CALLS; i++) {
      functions(kernels, x, y);
    }
  }

  /// With trip counts of real work: C2 keeps the range checks in a loop that it has seen to be
  /// short.
  private static void loops(Kernels kernels, float[] x, float[] y, MemorySegment memory) {
    Tile tile = kernels.tile();
    if (tile != null) {
      long row = 4L * tile.columns();
      for (boolean fresh : new boolean[] {true, false}) {
        tile.multiplyAdd(DEPTH, x, 0, x, 0, fresh, memory, 0, row);
      }
      tile.multiplyAddRows(DEPTH, x, 0, DEPTH, x, 0, y, 0, tile.columns());
      tile.copyColumns(x, 0, tile.columns(), DEPTH, y, 0, 1, 0);
      tile.readColumns(memory, 0, row, DEPTH, y, 0, 1, 0);
      if (tile.reads()) {
        tile.read(memory, 0, 4 * DEPTH, DEPTH, y, 0);
      }
      tile.interleave(x, tile.rows(), DEPTH, tile.rows(), y, 0);
      tile.strip(1, DEPTH, x, 0, DEPTH, x, y, 0);
      tile.strip(2, DEPTH, x, 0, DEPTH, x, y, 0);
      for (int rows = 1; rows <= 4; rows++) {
        tile.panels(rows, DEPTH, x, 0, x, 0, 0, y, 0, 4 * tile.columns());
      }
    }
    for (Elementwise.Pair pair : Elementwise.Pair.values()) {
      kernels.pair(pair, memory, 0, memory, 0, memory, 0, SIZE / 8);
      kernels.pair(pair, memory, 0, 1f, memory, 0, SIZE / 8);
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

  private static void exercise(CodeLoops codes) {
    float[] x = new float[SIZE];
    byte[] bytes = new byte[SIZE];
    short[] shorts = new short[SIZE];
    int[] largest = new int[SIZE];
    for (Rounding.Fixed rounding : Rounding.Fixed.values()) {
      Narrow small = Narrow.of(FloatFormat.E4M3, rounding, Overflow.NON_SATURATE);
      Narrow wide = Narrow.of(FloatFormat.BF16, rounding, Overflow.NON_SATURATE);
      for (int i = 0; i < LOOPS / 2; i++) {
        codes.encode(small, x, 0, SIZE / 8, bytes, 0);
        codes.encode(wide, x, 0, SIZE / 8, shorts, 0);
      }
    }
    Narrow small = Narrow.of(FloatFormat.E4M3);
    Narrow wide = Narrow.of(FloatFormat.BF16);
    for (int i = 0; i < LOOPS / 2; i++) {
      codes.encode(small, x, 0, 2 * Reduce.LANES, 8, x, bytes, 0);
      codes.encode(small, x, 0, SIZE / 8, bytes, 0);
      codes.round(small, x, 0, SIZE / 8);
      codes.round(wide, x, 0, SIZE / 8);
      codes.largest(x, 0, 2 * Reduce.LANES, 8, largest);
      codes.multiply(x, 0, 2 * Reduce.LANES, 8, x, x, 0);
      codes.divide(x, 0, 2 * Reduce.LANES, 8, x, x, 0);
    }
  }
}
