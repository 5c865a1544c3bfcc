package maia.machine;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import maia.numerics.DType;

/// Tables by element type.
final class ByType {
  private ByType() {}

  /// An unmodifiable copy that iterates and prints in the order of the types, so that texts are the
  /// same in every run.
  static <V> Map<DType, V> copy(Map<DType, V> table) {
    Map<DType, V> copy = new EnumMap<>(DType.class);
    copy.putAll(table);
    return Collections.unmodifiableMap(copy);
  }
}
