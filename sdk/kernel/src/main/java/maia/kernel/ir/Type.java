package maia.kernel.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import maia.numerics.DType;

/// The type of a value on the device: an element type and a shape, rank 0 being a scalar.
///
/// @param dtype element type
/// @param shape sizes, outermost first
public record Type(DType dtype, List<Integer> shape) {
  public Type {
    shape = List.copyOf(shape);
  }

  /// A rank-0 type.
  public static Type scalar(DType dtype) {
    return new Type(dtype, List.of());
  }

  /// Number of dimensions.
  public int rank() {
    return shape.size();
  }

  /// This shape with another element type.
  public Type as(DType other) {
    return new Type(other, shape);
  }

  /// This element type with another shape.
  public Type shaped(List<Integer> other) {
    return new Type(dtype, other);
  }

  /// This type with dimension `dim` of another size.
  public Type sized(int dim, int size) {
    List<Integer> other = new ArrayList<>(shape);
    other.set(dim, size);
    return shaped(other);
  }

  /// This type without dimension `dim`.
  public Type without(int dim) {
    List<Integer> other = new ArrayList<>(shape);
    other.remove(dim);
    return shaped(other);
  }

  /// Number of elements.
  public long elements() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }

  /// The shape both shapes stretch to, or empty when some dimension differs and neither is 1.
  public static List<Integer> broadcast(List<Integer> a, List<Integer> b) {
    int rank = Math.max(a.size(), b.size());
    List<Integer> joint = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      int x = sizeFromEnd(a, rank - 1 - d);
      int y = sizeFromEnd(b, rank - 1 - d);
      joint.add(x == 1 ? y : x);
    }
    return List.copyOf(joint);
  }

  private static int sizeFromEnd(List<Integer> shape, int fromEnd) {
    int d = shape.size() - 1 - fromEnd;
    return d < 0 ? 1 : shape.get(d);
  }

  /// `128x64`, the form sizes take in texts.
  public static String sizes(List<Integer> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  /// Inverse of [#toString].
  public static Type parse(String text) {
    int bracket = text.indexOf('[');
    String name = bracket < 0 ? text : text.substring(0, bracket);
    DType dtype = DType.valueOf(name.toUpperCase(Locale.ROOT));
    return bracket < 0
        ? scalar(dtype)
        : new Type(dtype, parseSizes(text.substring(bracket + 1, text.length() - 1)));
  }

  static List<Integer> parseSizes(String text) {
    List<Integer> shape = new ArrayList<>();
    for (String size : text.split("x")) {
      shape.add(Integer.valueOf(size));
    }
    return shape;
  }

  /// Such as `f32[128x64]`, or `i64` for a scalar.
  @Override
  public String toString() {
    return shape.isEmpty() ? dtype.label() : dtype.label() + "[" + sizes(shape) + "]";
  }
}
