package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What runs the loops of each [Kernels.Kind] until they are compiled.
final class KernelsWarmUp {
  private static final int SIZE = 1 << 12;

  /// Elements per step of arithmetic, of reductions and of functions.
  private static final int MANY = 64;

  private static final int SOME = 32;
  private static final int FEW = 16;

  /// Tiles one below the other.
  private static final int TILES = 2;

  /// Panels that are copied side by side, and rows of them per step.
  private static final int PANELS = 8;

  private final Kernels kernels;
  private final MemorySegment memory = Memory.outsideScopes(() -> Memory.allocate(16L * SIZE));
  private final float[] x = new float[4 * SIZE];
  private final float[] y = new float[4 * SIZE];

  private KernelsWarmUp(Kernels kernels) {
    this.kernels = kernels;
  }

  static List<Exercise.Loop> of(Kernels.Kind kind, Kernels kernels) {
    return new KernelsWarmUp(kernels).loops(kind);
  }

  private List<Exercise.Loop> loops(Kernels.Kind kind) {
    Tile tile = kernels.tile();
    return switch (kind) {
      case PRODUCTS -> tile == null ? List.of() : products(tile);
      case PACKING -> tile == null ? List.of() : packing(tile);
      case ATTENTION ->
          tile == null
              ? List.of()
              : List.of(
                  n -> tile.multiplyAddRows(n, x, 0, n, x, 0, y, 0, tile.columns()),
                  n -> tile.write(x, 0, FEW, n, FEW, memory, 0, 4 * FEW),
                  n -> tile.areFinite(x, 0, tile.columns() * n));
      case SUM -> List.of(n -> kernels.addToLanes(x, 0, SOME * n, y));
      case LARGEST -> List.of(n -> kernels.max(x, 0, SOME * n));
      case SQUARES -> List.of(n -> kernels.squaresToLanes(x, 0, SOME * n, 0, y));
      case WEIGH -> List.of(n -> kernels.weigh(x, 0, FEW * n + 1, 1));
      case EXP_MINUS -> List.of(n -> kernels.expMinus(x, 0, 0, y, 0, FEW * n));
      case EXP -> List.of(n -> kernels.exp(x, 0, y, 0, FEW * n));
      case EXP2 -> List.of(n -> kernels.exp2(x, 0, y, 0, FEW * n));
      case LOG -> List.of(n -> kernels.log(x, 0, y, 0, FEW * n));
      case LOG2 -> List.of(n -> kernels.log2(x, 0, y, 0, FEW * n));
      case TANH -> List.of(n -> kernels.tanh(x, 0, y, 0, FEW * n));
      case ERF -> List.of(n -> kernels.erf(x, 0, y, 0, FEW * n));
      case SIGMOID -> List.of(n -> kernels.sigmoid(x, 0, y, 0, FEW * n));
      case ADD -> pair(Elementwise.Pair.ADD);
      case SUB -> pair(Elementwise.Pair.SUB);
      case MUL -> pair(Elementwise.Pair.MUL);
      case DIV -> pair(Elementwise.Pair.DIV);
    };
  }

  private List<Exercise.Loop> products(Tile tile) {
    long row = 4L * tile.columns();
    return List.of(
        n -> {
          tile.multiplyAdd(TILES, n, x, 0, x, 0, true, memory, 0, row);
          tile.multiplyAdd(TILES, n, x, 0, x, 0, false, memory, 0, row);
        },
        n -> read(tile, n),
        n -> tile.readColumns(memory, 0, row, n, y, 0, PANELS, n * tile.columns()),
        n -> tile.panels(4, 2 * n, x, 0, x, 0, 0, y, 0, 4 * tile.columns()),
        n -> tile.panels(3, 2 * n, x, 0, x, 0, 0, y, 0, 4 * tile.columns()),
        n -> tile.panels(2, 2 * n, x, 0, x, 0, 0, y, 0, 4 * tile.columns()),
        n -> tile.panels(1, 2 * n, x, 0, x, 0, 0, y, 0, 4 * tile.columns()));
  }

  private void read(Tile tile, int steps) {
    if (tile.reads()) {
      tile.read(memory, 0, 4L * steps, steps, y, 0);
    }
  }

  private List<Exercise.Loop> packing(Tile tile) {
    int row = PANELS * tile.columns();
    return List.of(
        n -> tile.interleave(x, tile.rows(), 4 * n, tile.rows(), y, 0),
        n -> tile.copyColumns(x, 0, row, n, y, 0, PANELS, n * tile.columns()),
        n -> tile.strip(2, 2 * n, x, 0, n, x, y, 0),
        n -> tile.strip(1, 2 * n, x, 0, n, x, y, 0));
  }

  private List<Exercise.Loop> pair(Elementwise.Pair op) {
    return List.of(
        n -> kernels.pair(op, memory, 0, memory, 0, memory, 0, MANY * n),
        n -> kernels.pair(op, memory, 0, 1f, memory, 0, MANY * n));
  }
}
