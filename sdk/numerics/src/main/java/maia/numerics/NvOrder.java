package maia.numerics;

/// The order of binary32 operations and the rule for small scales in NVFP4 quantization, which no
/// standard fixes. With `t` the tensor scale and `a` the largest magnitude of a block of 16; scales
/// round to the nearest E4M3 value, ties to even, saturating at 448.
public enum NvOrder {
  /// `s = e4m3((a / 6) / t)`, a scale that would become zero in a block that is not all zero
  /// becomes 2^-9; element = `x / (s * t)`. The default here; the order of NVIDIA's Model
  /// Optimizer.
  DIVIDE,
  /// `s = e4m3(max((a / 6) / t, 2^-6))`, for all-zero blocks too; element = `x * ((1 / t) / s)`.
  /// The order of torchao.
  RECIPROCAL,
  /// `s = e4m3((a / 6) * (1 / t))`, which may be zero; element = `x * min(1 / (s * t), largest
  /// binary32)`, so that elements under a zero scale are stored as +-6 and read as zero. The order
  /// of Transformer Engine's reference.
  MULTIPLY,
}
