package maia.quant;

import maia.base.Check;

/// How the products of a dot product are added. Products of two numbers of at most 12 significant
/// bits each are exact in binary32.
public sealed interface Accumulator {
  /// One binary32 sum, a fused multiply-add for each product, in ascending order: what host and
  /// simulated device compute.
  record Sequential() implements Accumulator {
    @Override
    public String toString() {
      return "fp32 sequential";
    }
  }

  /// The sum of each group is exact and rounded to binary32 once; groups are added in binary32 in
  /// ascending order.
  ///
  /// @param size products of a group
  record Groups(int size) implements Accumulator {
    public Groups {
      Check.argument(size > 0, "accumulator: a group needs products, was %d", size);
    }

    @Override
    public String toString() {
      return "fp32 in groups of " + size;
    }
  }

  /// The exact sum, rounded to binary32 once.
  record Exact() implements Accumulator {
    @Override
    public String toString() {
      return "exact";
    }
  }

  /// One sum, rounded to a narrower type after every addition of an exact product: how much a short
  /// accumulator loses.
  ///
  /// @param type the type of the sum
  record Narrow(maia.numerics.DType type) implements Accumulator {
    public Narrow {
      Check.argument(
          type.format().isPresent() && type.bits() <= 16,
          "accumulator: a floating-point type of at most 16 bits, was %s",
          type.label());
    }

    @Override
    public String toString() {
      return type.label() + " sequential";
    }
  }

  /// One binary32 sum in ascending order.
  Accumulator SEQUENTIAL = new Sequential();

  /// Rounded once.
  Accumulator EXACT = new Exact();

  /// Exact within groups of `size`.
  static Accumulator groups(int size) {
    return new Groups(size);
  }
}
