package maia.tensor;

import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// The type in which operands meet, as PyTorch decides it.
///
/// Types rank in three kinds: truth values below integers below floats. Operands do too: tensors
/// with dimensions above tensors without, above plain numbers. The highest operands decide; lower
/// ones only matter when they are of a higher kind. Two types of one kind meet in the wider one;
/// BF16 with F16, and any two floats of which neither holds the other, in F32; U8 with I8 in I16. A
/// plain number with a fraction counts as F32.
///
/// PyTorch refuses to mix 8-bit floats; here they meet like the others.
final class Promotion {
  private static final int LEVELS = 3;

  private Promotion() {}

  static DType of(String op, Tensor... operands) {
    @Nullable DType[] levels = new DType[LEVELS];
    for (Tensor operand : operands) {
      int level = operand.isNumber() ? 2 : operand.rank() == 0 ? 1 : 0;
      DType type = operand.dtype(op);
      levels[level] = levels[level] == null ? type : of(levels[level], type);
    }
    DType lower = combine(levels[1], levels[2]);
    DType result = combine(levels[0], lower);
    if (result == null) {
      throw new IllegalStateException("bug in Promotion: no operands");
    }
    return result;
  }

  private static @Nullable DType combine(@Nullable DType higher, @Nullable DType lower) {
    if (higher == null || lower == null) {
      return higher == null ? lower : higher;
    }
    return kind(higher) >= kind(lower) ? higher : of(higher, lower);
  }

  /// The type in which two types meet, whatever holds them.
  static DType of(DType a, DType b) {
    if (a == b || kind(a) > kind(b)) {
      return a;
    }
    if (kind(b) > kind(a)) {
      return b;
    }
    if (!a.isFloat()) {
      return integers(a, b);
    }
    if (a == DType.F64 || b == DType.F64) {
      return DType.F64;
    }
    DType wide = a.bits() >= b.bits() ? a : b;
    DType narrow = wide == a ? b : a;
    boolean holds =
        wide.bits() == 16 && narrow.bits() <= 8 && narrow.format().orElseThrow().signBits() == 1;
    return holds ? wide : DType.F32;
  }

  private static DType integers(DType a, DType b) {
    DType wide = a.bits() >= b.bits() ? a : b;
    return a.bits() == b.bits() ? DType.I16 : wide;
  }

  /// 0 for truth values, 1 for integers, 2 for floats.
  static int kind(DType type) {
    return type == DType.BOOL ? 0 : type.isFloat() ? 2 : 1;
  }
}
