package maia.numerics;

import maia.base.Check;

/// A block format: `block` consecutive elements along the last dimension share one scale.
///
/// @param label the name used in texts, such as `mxfp4`
/// @param element the element type
/// @param scale the scale type
/// @param block elements per scale
/// @param tensorScale whether one more fp32 scale covers the whole tensor
public record BlockFormat(String label, DType element, DType scale, int block, boolean tensorScale)
    implements ElementType {
  /// OCP MXFP8 with E4M3 elements.
  public static final BlockFormat MXFP8_E4M3 = mx("mxfp8_e4m3", DType.FP8_E4M3);

  /// OCP MXFP8 with E5M2 elements.
  public static final BlockFormat MXFP8_E5M2 = mx("mxfp8_e5m2", DType.FP8_E5M2);

  /// OCP MXFP6 with E2M3 elements.
  public static final BlockFormat MXFP6_E2M3 = mx("mxfp6_e2m3", DType.FP6_E2M3);

  /// OCP MXFP6 with E3M2 elements.
  public static final BlockFormat MXFP6_E3M2 = mx("mxfp6_e3m2", DType.FP6_E3M2);

  /// OCP MXFP4.
  public static final BlockFormat MXFP4 = mx("mxfp4", DType.FP4_E2M1);

  /// OCP MXINT8; an element's value is code/64.
  public static final BlockFormat MXINT8 = mx("mxint8", DType.I8);

  /// NVFP4: blocks of 16, E4M3 scales, one fp32 scale per tensor.
  public static final BlockFormat NVFP4 =
      new BlockFormat("nvfp4", DType.FP4_E2M1, DType.UE4M3, 16, true);

  public BlockFormat {
    Check.argument(block > 0, "block format '%s': block must be positive, was %d", label, block);
  }

  private static BlockFormat mx(String label, DType element) {
    return new BlockFormat(label, element, DType.E8M0, 32, false);
  }

  @Override
  public long bytes(long elements) {
    return element.bytes(elements) + scale.bytes(Math.ceilDiv(elements, (long) block));
  }

  /// The label.
  @Override
  public String toString() {
    return label;
  }
}
