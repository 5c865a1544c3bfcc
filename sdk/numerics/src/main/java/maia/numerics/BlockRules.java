package maia.numerics;

/// The choices that quantizing to a block format leaves open, each by name. Elements beyond the
/// largest always saturate, as OCP MX 6.3 asks.
///
/// @param scale how an MX scale follows from the block; without effect on NVFP4
/// @param rounding how elements are rounded; the element number for stochastic rounding is the
///   index in the destination
/// @param order the order of operations of NVFP4; without effect on MX
public record BlockRules(ScaleRule scale, Rounding rounding, NvOrder order) {
  /// OCP MX v1.0: FLOOR scales, nearest-even elements; NVFP4 by division.
  public static final BlockRules OCP = of(ScaleRule.FLOOR);

  /// Nearest-even elements under scales by `rule`; NVFP4 by division.
  public static BlockRules of(ScaleRule rule) {
    return new BlockRules(rule, Rounding.NEAREST_EVEN, NvOrder.DIVIDE);
  }

  /// These rules with another rounding of elements.
  public BlockRules with(Rounding other) {
    return new BlockRules(scale, other, order);
  }

  /// These rules with another order of NVFP4's operations.
  public BlockRules with(NvOrder other) {
    return new BlockRules(scale, rounding, other);
  }
}
