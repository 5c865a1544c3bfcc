package maia.numerics;

/// How an MX block derives its power-of-two scale from the largest magnitude in the block.
/// Exponents come from bits, never from a logarithm.
public enum ScaleRule {
  /// OCP MX v1.0: the exponent of the largest magnitude, less the largest exponent of the element
  /// format. May clip.
  FLOOR,
  /// The smallest power of two at which the largest magnitude, divided by the largest finite
  /// element, is at most 1.
  RCEIL,
  /// As [#FLOOR] after rounding the largest magnitude to the element's precision, ties to even.
  EVEN,
  /// As [#FLOOR] with the exponent rounded up unless the magnitude is a power of two.
  CEIL,
  /// Of FLOOR's exponent, the one above it and the two below, the one with the smallest sum of
  /// squared errors of what is read back in binary32 over the block, elements rounded to the
  /// nearest; of equals the first in that order.
  MSE,
}
