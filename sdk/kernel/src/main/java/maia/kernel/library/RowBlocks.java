package maia.kernel.library;

import static maia.numerics.DType.F32;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Ptr;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.Rounding;

/// The rows of a matrix that a program works on, and their columns in blocks. Where one block holds
/// a row (`WHOLE`), there is no loop and every array is loaded once.
///
/// Metas: `ROWS`, rows of a program, and `BLOCK`, columns of a block, powers of two; `WHOLE`;
/// `STAGES`, blocks in flight.
final class RowBlocks {
  /// Elements of a program's rows, where there are enough rows: a program must be long beside the
  /// latency of its loads.
  private static final int BLOCK = 16_384;

  private final KernelContext k;
  private final int rows;
  private final int block;
  private final boolean whole;
  private final int stages;
  private final Tile row;
  private final Mask present;
  private final Tile columns;
  private final Map<String, Tile> loaded = new HashMap<>();

  /// The rows of `matrix`, of rank 2.
  RowBlocks(KernelContext k, ArrayArg matrix) {
    this.k = k;
    rows = k.meta("ROWS", 4);
    block = k.meta("BLOCK", 1024);
    whole = k.meta("WHOLE", false);
    stages = k.meta("STAGES", 2);
    row = k.programId(0).mul(rows).add(k.arange(rows));
    present = row.lt(matrix.size(0));
    columns = matrix.size(1);
  }

  /// Rows of a program.
  int rows() {
    return rows;
  }

  /// Columns of a block.
  int block() {
    return block;
  }

  /// The number of columns, as a float scalar.
  Tile count() {
    return columns.to(F32);
  }

  /// The columns of the block from `n`, as a row.
  Tile column(Tile n) {
    return n.add(k.arange(block)).row();
  }

  /// Which elements of the block from `n` exist.
  Mask mask(Tile n) {
    return present.col().and(column(n).lt(columns));
  }

  /// Calls `body` with the first column of every block.
  void each(Consumer<Tile> body) {
    if (whole) {
      body.accept(k.scalar(0));
    } else {
      k.range(0, columns, block).stages(stages).each(body);
    }
  }

  /// The block of `matrix` from column `n` in F32; `other` where there is none.
  Tile load(ArrayArg matrix, Tile n, double other) {
    return once(matrix, () -> filled(matrix.at(row.col(), column(n)), matrix, mask(n), other));
  }

  /// What `places` of `array` hold where the mask holds, else `other`, in F32. Narrow types do not
  /// hold every `other`: there it is put in after the conversion.
  static Tile filled(Ptr places, ArrayArg array, Mask mask, double other) {
    if (other == 0 || array.dtype().bits() >= Short.SIZE) {
      return places.load(mask, other).to(F32);
    }
    return mask.where(places.load(mask).to(F32), other);
  }

  /// The block of a vector with one element per column, in F32, as a row.
  Tile loadColumns(ArrayArg vector, Tile n) {
    return once(
        vector,
        () -> {
          Tile at = n.add(k.arange(block));
          return vector.at(at).load(at.lt(columns)).to(F32).row();
        });
  }

  private Tile once(ArrayArg array, java.util.function.Supplier<Tile> load) {
    return whole ? loaded.computeIfAbsent(array.name(), _ -> load.get()) : load.get();
  }

  /// Whether one block holds a row.
  boolean isWhole() {
    return whole;
  }

  /// Which rows exist.
  Mask present() {
    return present;
  }

  /// The elements of a vector with one element per row.
  Tile loadRows(ArrayArg vector) {
    return vector.at(row).load(present);
  }

  /// Writes a block, converted to the type of `matrix`.
  void store(ArrayArg matrix, Tile n, Tile value) {
    matrix.at(row.col(), column(n)).store(value.to(matrix.dtype(), Rounding.NEAREST_EVEN), mask(n));
  }

  /// Writes one element per row.
  void storeRows(ArrayArg vector, Tile value) {
    vector.at(row).store(value, present);
  }

  /// `kernel` for a matrix of `rows` x `columns`: whole rows where `arrays` of them fit a tile of
  /// `machine`, enough rows for a block, and work for every tile.
  static KernelLaunch over(Kernel kernel, long rows, long columns, int arrays, Machine machine) {
    int width = Kernel.nextPow2(columns);
    long most = machine.tsram().bytes() / (Float.BYTES * 2L * arrays);
    boolean whole = width <= most;
    int block = whole ? width : Integer.highestOneBit((int) Math.min(most, 4096));
    int high = 1;
    while (2L * high * block <= Math.min(most, BLOCK) && 2L * high * machine.tiles() <= rows) {
      high *= 2;
    }
    return kernel
        .with("ROWS", high)
        .with("BLOCK", block)
        .with("WHOLE", whole)
        .grid(Kernel.cdiv(rows, high));
  }
}
