package maia.kernel.interp;

import java.util.SplittableRandom;

/// In which order the interpreter runs the programs of a grid, one after the other. Nothing but
/// atomics orders programs, so a kernel whose results differ between orders depends on which
/// program's atomic comes first: a sum of floats does, in its last bits. A program that waits for
/// another one's atomic needs an order in which the other comes first.
public sealed interface Order {
  /// From program 0 on; dimension 0 of the grid runs fastest.
  record Ascending() implements Order {
    @Override
    public String toString() {
      return "ascending";
    }
  }

  /// A random order.
  ///
  /// @param seed which one
  record Seeded(long seed) implements Order {
    @Override
    public String toString() {
      return "seed " + seed;
    }
  }

  /// From program 0 on.
  Order ASCENDING = new Ascending();

  /// The random order of `seed`.
  static Order seeded(long seed) {
    return new Seeded(seed);
  }

  /// The numbers of `programs` programs in this order.
  default int[] of(int programs) {
    int[] order = new int[programs];
    for (int i = 0; i < programs; i++) {
      order[i] = i;
    }
    if (this instanceof Seeded(long seed)) {
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = programs - 1; i > 0; i--) {
        int other = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[other];
        order[other] = kept;
      }
    }
    return order;
  }
}
