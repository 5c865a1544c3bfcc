package maia.kernel.ir;

/// A value defined once in a [Func], or the name of a cell.
///
/// @param id unique in the function
/// @param type what it holds
public record Value(int id, Type type) {
  /// `%` and the number.
  @Override
  public String toString() {
    return "%" + id;
  }
}
