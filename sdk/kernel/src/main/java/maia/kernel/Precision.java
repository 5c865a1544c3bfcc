package maia.kernel;

/// How a matrix product of F32 tiles is computed.
public enum Precision {
  /// Every product and sum in binary32, on the vector unit.
  EXACT,
  /// Operands rounded to BF16, on the tensor unit.
  BF16,
  /// Each operand as the sum of two BF16 numbers, three products on the tensor unit; about 16 bits
  /// of every operand count.
  BF16X3,
}
