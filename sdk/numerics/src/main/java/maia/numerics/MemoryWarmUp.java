package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// What runs the loops of each [MemoryLoops.Kind] until they are compiled.
final class MemoryWarmUp {
  private static final int SIDE = 64;
  private static final int SIZE = SIDE * SIDE;

  /// Elements per step of loops that do little per element, and of functions.
  private static final int MANY = 32;

  private static final int FEW = 16;

  private static final int SHIFT = 5;
  private static final List<Widen> WIDE =
      List.of(
          Widen.of(FloatFormat.E4M3),
          Widen.of(FloatFormat.E2M3),
          Widen.of(FloatFormat.E2M1),
          Widen.INTEGER);

  private final MemoryLoops loops;
  private final MemorySegment x = Memory.outsideScopes(() -> Memory.allocate(4L * SIZE));
  private final MemorySegment y = Memory.outsideScopes(() -> Memory.allocate(4L * SIZE));
  private final float[] a = new float[SIZE];
  private final float[] b = new float[SIZE];

  private MemoryWarmUp(MemoryLoops loops) {
    this.loops = loops;
  }

  static List<Exercise.Loop> of(MemoryLoops.Kind kind, MemoryLoops loops) {
    return new MemoryWarmUp(loops).loops(kind);
  }

  private List<Exercise.Loop> loops(MemoryLoops.Kind kind) {
    return switch (kind) {
      case SUMS -> List.of(this::sums);
      case COLUMNS ->
          List.of(
              n -> loops.addFour(x, 0, 4L * MANY * n, MANY * n, a, 0),
              n -> loops.addOne(x, 0, MANY * n, a, 0));
      case EXTREMES ->
          List.of(
              n -> loops.extremes(true, x, 0, 4L * MANY * n, MANY * n, a),
              n -> loops.extremes(false, x, 0, 4L * MANY * n, MANY * n, a));
      case SOFTMAX -> List.of(n -> loops.softmax(x, 0, y, 0, FEW * n, 1));
      case NORMS ->
          List.of(
              this::sums,
              n -> loops.squares(x, 0, MANY * n, 0, a),
              n -> loops.affine(x, 0, 0, 1, a, a, y, 0, MANY * n),
              n -> loops.scaled(x, 0, 0, 1, a, y, 0, MANY * n));
      case EXP -> map(Function.EXP);
      case TANH -> map(Function.TANH);
      case SIGMOID -> map(Function.SIGMOID);
      case GELU -> map(Function.GELU);
      case GELU_TANH -> map(Function.GELU_TANH);
      case SILU -> map(Function.SILU);
      case HALVES -> loops.widens(DType.BF16) ? halves() : List.of();
      case BYTES -> loops.widens(DType.BF16) ? bytes() : List.of();
      case EIGHTS -> loops.blocks().map(blocks -> quantize(blocks, 8)).orElse(List.of());
      case SIXES -> loops.blocks().map(blocks -> quantize(blocks, 6)).orElse(List.of());
      case FOURS -> loops.blocks().map(blocks -> quantize(blocks, 4)).orElse(List.of());
      case INTEGERS -> loops.blocks().map(this::integers).orElse(List.of());
      case FRACTIONS -> loops.blocks().map(this::fractions).orElse(List.of());
      case DEQUANTIZE -> loops.blocks().map(this::dequantize).orElse(List.of());
      case TURN ->
          loops.turnStep() > 0
              ? List.of(n -> loops.turn(x, 0, 4L * SIDE, y, 0, 4L * SIDE, SIDE / 2, n, b, a))
              : List.of();
    };
  }

  private void sums(int steps) {
    loops.sums(x, 0, 4L * MANY * steps, MANY * steps, a);
  }

  private List<Exercise.Loop> map(Function f) {
    return List.of(n -> loops.map(f, x, 0, y, 0, FEW * n));
  }

  /// What overflows in F16 takes another way.
  private List<Exercise.Loop> halves() {
    Narrow small = Narrow.of(FloatFormat.E4M3);
    long bytes = 4L * FEW * Exercise.STEPS;
    MemorySegment huge = Memory.outsideScopes(() -> Memory.allocate(bytes));
    huge.fill((byte) 0x4f);
    return List.of(
        n -> loops.narrow(DType.BF16, small, x, 0, y, 0, FEW * n),
        n -> loops.narrow(DType.F16, small, x, 0, y, 0, FEW * n),
        n -> loops.narrow(DType.F16, small, huge, 0, y, 0, FEW * n),
        n -> loops.widen(DType.BF16, x, 0, y, 0, FEW * n),
        n -> loops.widen(DType.F16, x, 0, y, 0, FEW * n));
  }

  private List<Exercise.Loop> bytes() {
    Narrow small = Narrow.of(FloatFormat.E4M3);
    return List.of(n -> loops.narrow(DType.FP8_E4M3, small, x, 0, y, 0, MANY * n));
  }

  private List<Exercise.Loop> quantize(BlockLoops blocks, int bits) {
    Narrow small = Narrow.of(FloatFormat.E2M1);
    int[] next = new int[SIZE];
    List<Exercise.Loop> loops = new ArrayList<>(powers(blocks));
    loops.add(n -> blocks.codes(small, bits, x, 0, parts(n), a, SHIFT, y, 0, 0, next));
    return loops;
  }

  private List<Exercise.Loop> integers(BlockLoops blocks) {
    int[] next = new int[SIZE];
    List<Exercise.Loop> loops = new ArrayList<>(powers(blocks));
    loops.add(n -> blocks.integers(x, 0, parts(n), a, SHIFT, y, 0, 0, next));
    return loops;
  }

  private List<Exercise.Loop> powers(BlockLoops blocks) {
    byte[] codes = new byte[SIZE];
    int[] sizes = new int[SIZE];
    return List.of(
        n -> blocks.largest(x, 0, MANY * n),
        n -> blocks.parts(x, 0, n, sizes),
        n -> blocks.join(sizes, 2, n),
        n -> blocks.powers(sizes, FEW * n, Powers.ONE, codes, a));
  }

  private List<Exercise.Loop> fractions(BlockLoops blocks) {
    Narrow small = Narrow.of(FloatFormat.E2M1);
    byte[] bytes = new byte[SIZE];
    int[] ints = new int[SIZE];
    return List.of(
        n -> blocks.largest(x, 0, MANY * n),
        n -> blocks.largest(x, 0, n, ints),
        n -> blocks.fractions(ints, MANY * n, 1, bytes, 0, a),
        n -> blocks.quotients(small, x, 0, n, a, y, 0));
  }

  /// A part takes fifty vector operations; packing takes two at a time.
  private static int parts(int steps) {
    return Math.max(2, steps / 4 * 2);
  }

  private List<Exercise.Loop> dequantize(BlockLoops blocks) {
    return List.of(
        n -> WIDE.forEach(format -> blocks.values(format, x, 0, FEW * n, SHIFT, a, 1, y, 0)));
  }
}
