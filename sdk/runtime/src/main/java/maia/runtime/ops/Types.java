package maia.runtime.ops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// The element types that the kernels of an operation take.
enum Types {
  /// Floating-point types of at most 32 bits.
  FLOATS("floating-point types of at most 32 bits"),
  /// Integers.
  INTEGERS("integers"),
  /// Floating-point types of at most 32 bits and integers.
  NUMBERS("floating-point types of at most 32 bits and integers"),
  /// Integers and truth values.
  WHOLE("integers and truth values"),
  /// All of these.
  SCALARS("floating-point types of at most 32 bits, integers and truth values"),
  /// What products take: [#NUMBERS] and block formats, integers among themselves.
  OPERANDS("floating-point types of at most 32 bits, integers and block formats"),
  /// Scalar types and block formats.
  EVERYTHING("every type but f64"),
  /// Every type: nothing is computed.
  MEMORY("every type");

  private final String words;

  Types(String words) {
    this.words = words;
  }

  /// The types in words.
  String words() {
    return words;
  }

  boolean take(ElementType type) {
    return switch (type) {
      case BlockFormat _ -> this == OPERANDS || this == EVERYTHING || this == MEMORY;
      case DType scalar -> take(scalar);
    };
  }

  private boolean take(DType type) {
    if (this == MEMORY) {
      return true;
    }
    if (type == DType.BOOL) {
      return this != FLOATS && this != INTEGERS && this != NUMBERS && this != OPERANDS;
    }
    if (!type.isFloat()) {
      return this != FLOATS;
    }
    return this != INTEGERS && this != WHOLE && isFloat(type);
  }

  private static boolean isFloat(DType type) {
    boolean isScale = type == DType.E8M0 || type == DType.UE4M3;
    return type != DType.F64 && type != DType.TF32 && !isScale;
  }

  /// The scalar types in a table.
  List<DType> scalars() {
    return Arrays.stream(DType.values()).filter(this::take).toList();
  }

  /// The scalar types as a table names them.
  String label() {
    return switch (this) {
      case FLOATS -> "floats";
      case INTEGERS -> "integers";
      case NUMBERS -> "floats, integers";
      case WHOLE -> "integers, bool";
      case SCALARS -> "floats, integers, bool";
      case OPERANDS -> "floats, blocks";
      case EVERYTHING -> "floats, integers, bool, blocks";
      case MEMORY -> "all";
    };
  }

  /// What the words of [#label] stand for.
  static String legend() {
    return "floats: " + join(FLOATS) + "; integers: " + join(INTEGERS);
  }

  private static String join(Types types) {
    return types.scalars().stream().map(DType::label).collect(Collectors.joining(", "));
  }
}
