package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Runs the loops on memory on a few numbers until they are compiled.
final class MemoryWarmUp {
  /// Several times the calls that make C2 compile a method that repeats inside.
  private static final int CALLS = 1_000;

  private static final int SIZE = 256;
  private static final int SIDE = 64;
  private static final List<Widen> WIDE =
      List.of(
          Widen.of(FloatFormat.E4M3),
          Widen.of(FloatFormat.E2M3),
          Widen.of(FloatFormat.E2M1),
          Widen.INTEGER);

  private MemoryWarmUp() {}

  static void exercise(MemoryLoops loops) {
    MemorySegment x = Memory.outsideScopes(() -> Memory.allocate(4L * SIDE * SIDE));
    MemorySegment y = Memory.outsideScopes(() -> Memory.allocate(4L * SIDE * SIDE));
    float[] a = new float[SIDE * SIDE];
    byte[] bytes = new byte[2 * SIZE];
    int[] ints = new int[SIZE];
    for (int i = 0; i < CALLS; i++) {
      rows(loops, x, y, a);
      conversions(loops, x, y);
      loops.blocks().ifPresent(blocks -> blocks(blocks, x, y, a, bytes, ints));
      for (Function f : Function.values()) {
        loops.map(f, x, 0, y, 0, SIZE);
      }
      if (loops.turns() && i % 8 == 0) {
        loops.turn(x, 0, 4 * SIDE, y, 0, 4 * SIDE, SIDE, SIDE, a);
      }
    }
  }

  private static void conversions(MemoryLoops loops, MemorySegment x, MemorySegment y) {
    Narrow small = Narrow.of(FloatFormat.E4M3);
    if (loops.widens(DType.BF16)) {
      loops.narrow(DType.FP8_E4M3, small, x, 0, y, 0, SIZE);
      loops.narrow(DType.BF16, small, x, 0, y, 0, SIZE);
      loops.narrow(DType.F16, small, x, 0, y, 0, SIZE);
      loops.widen(DType.BF16, x, 0, y, 0, SIZE);
      loops.widen(DType.F16, x, 0, y, 0, SIZE);
    }
  }

  private static void blocks(
      BlockLoops loops, MemorySegment x, MemorySegment y, float[] a, byte[] bytes, int[] ints) {
    int blocks = SIZE / BlockLoops.BLOCK;
    int small = SIZE / BlockLoops.SMALL_BLOCK;
    Narrow narrow = Narrow.of(FloatFormat.E2M1);
    for (int bits : new int[] {8, 6, 4}) {
      loops.quantize(narrow, bits, x, 0, blocks, Powers.ONE, y, 0, y, SIZE);
    }
    loops.integers(x, 0, blocks, Powers.ONE, y, 0, y, SIZE);
    loops.largest(x, 0, SIZE);
    loops.largest(x, 0, small, ints);
    loops.fractions(ints, small, 1, bytes, SIZE, a);
    loops.quotients(narrow, x, 0, small, a, y, 0);
    int shift = 5;
    for (Widen format : WIDE) {
      loops.values(format, x, 0, SIZE, shift, a, 1, y, 0);
    }
  }

  private static void rows(MemoryLoops loops, MemorySegment x, MemorySegment y, float[] a) {
    long step = 4L * SIZE;
    loops.sums(x, 0, step, SIZE, a);
    loops.extremes(true, x, 0, step, SIZE, a);
    loops.extremes(false, x, 0, step, SIZE, a);
    loops.addFour(x, 0, step, SIZE, a, 0);
    loops.addOne(x, 0, SIZE, a, 0);
    loops.softmax(x, 0, y, 0, SIZE);
    loops.squares(x, 0, SIZE, 0, a);
    loops.affine(x, 0, 0, 1, a, a, y, 0, SIZE);
    loops.scaled(x, 0, 0, 1, a, y, 0, SIZE);
  }
}
