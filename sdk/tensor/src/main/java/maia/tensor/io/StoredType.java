package maia.tensor.io;

import java.util.Arrays;
import java.util.Optional;
import maia.numerics.DType;

/// The element types of safetensors that this library holds, in the order in which writers sort.
enum StoredType {
  BOOL(DType.BOOL),
  F4(DType.FP4_E2M1),
  F6_E2M3(DType.FP6_E2M3),
  F6_E3M2(DType.FP6_E3M2),
  U8(DType.U8),
  I8(DType.I8),
  F8_E5M2(DType.FP8_E5M2),
  F8_E4M3(DType.FP8_E4M3),
  F8_E8M0(DType.E8M0),
  I16(DType.I16),
  F16(DType.F16),
  BF16(DType.BF16),
  I32(DType.I32),
  F32(DType.F32),
  F64(DType.F64),
  I64(DType.I64);

  private final DType type;

  StoredType(DType type) {
    this.type = type;
  }

  DType type() {
    return type;
  }

  static Optional<StoredType> named(String name) {
    return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
  }

  static Optional<StoredType> of(DType type) {
    return Arrays.stream(values()).filter(t -> t.type == type).findFirst();
  }
}
