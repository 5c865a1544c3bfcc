package maia.kernel.interp;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.numerics.DType;

/// The program that is executing: its place in the grid.
final class Instance {
  private static final int DIMENSIONS = 3;

  private final long[] sizes = {1, 1, 1};
  private final Slot[] ids = new Slot[DIMENSIONS];
  private final Consumer<String> printer;
  private final BitSet known = new BitSet();
  private long number;

  /// @param printer receives what programs print, line by line
  Instance(List<Integer> grid, Consumer<String> printer) {
    this.printer = printer;
    for (int d = 0; d < DIMENSIONS; d++) {
      sizes[d] = d < grid.size() ? grid.get(d) : 1;
      ids[d] = Slot.of(DType.I64);
    }
  }

  /// The number of the program with these indices.
  long number(List<Integer> indices) {
    long at = 0;
    for (int d = indices.size() - 1; d >= 0; d--) {
      at = at * sizes[d] + indices.get(d);
    }
    return at;
  }

  /// How many programs the grid has.
  long programs() {
    return sizes[0] * sizes[1] * sizes[2];
  }

  /// Makes program `next` the one that executes; dimension 0 runs fastest.
  void start(long next) {
    number = next;
    ids[0].longs[0] = next % sizes[0];
    ids[1].longs[0] = next / sizes[0] % sizes[1];
    ids[2].longs[0] = next / sizes[0] / sizes[1];
    known.clear();
  }

  /// The program's number, from 0.
  long number() {
    return number;
  }

  Slot id(int dim) {
    return ids[dim];
  }

  long size(int dim) {
    return sizes[dim];
  }

  /// `(1, 0, 0)`.
  String name() {
    return name(number);
  }

  String name(long program) {
    return "(%d, %d, %d)"
        .formatted(
            program % sizes[0], program / sizes[0] % sizes[1], program / sizes[0] / sizes[1]);
  }

  /// The programs that atomics have ordered before this one, and itself.
  BitSet known() {
    known.set((int) number);
    return known;
  }

  /// Adds a line to what programs print.
  void print(String text) {
    printer.accept("program %s: %s".formatted(name(), text));
  }

  /// A mistake that this program made at `origin`.
  KernelException fault(Mistake mistake, Origin origin, String format, Object... values) {
    return new KernelException(mistake, String.format(Locale.ROOT, format, values), origin);
  }
}
