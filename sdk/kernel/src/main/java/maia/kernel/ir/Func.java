package maia.kernel.ir;

import java.util.List;
import maia.npl.Program.Access;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// A kernel as data: its parameters and what one program does.
///
/// @param name the kernel's name
/// @param params parameters in call order
/// @param body the operations of one program
/// @param mapping how its grid is to be laid over the chip
public record Func(String name, List<Param> params, Block body, Mapping mapping) {
  public Func {
    params = List.copyOf(params);
  }

  /// A kernel that leaves the layout of its grid open.
  public Func(String name, List<Param> params, Block body) {
    this(name, params, body, Mapping.AUTO);
  }

  /// A parameter.
  public sealed interface Param {
    /// Unique in the function.
    String name();
  }

  /// An array in HBM. A block-format array `x` holds its elements under its own name and its scales
  /// under `x.scales`.
  public record ArrayParam(String name, ElementType type, Access access, int rank)
      implements Param {}

  /// A scalar: F32 or I64.
  public record ScalarParam(String name, DType type) implements Param {}

  /// The name under which the scales of block-format array `array` are read and written.
  public static String scales(String array) {
    return array + ".scales";
  }

  /// The name of the scalar that holds the tensor scale of block-format array `array`, where its
  /// format has one.
  public static String tensorScale(String array) {
    return array + ".tensor_scale";
  }

  /// This function with another body.
  public Func withBody(Block other) {
    return new Func(name, params, other, mapping);
  }

  /// The function a text describes; the inverse of [#toString].
  public static Func parse(String text) {
    return new FuncParser(text).func();
  }

  /// Text that parses back, with the user's line after each operation.
  @Override
  public String toString() {
    return new FuncPrinter(this).text();
  }
}
