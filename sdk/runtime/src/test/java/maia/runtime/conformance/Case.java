package maia.runtime.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import maia.numerics.DType;
import maia.runtime.conformance.Draw.Kind;
import maia.tensor.Tensor;

/// An operation to be compared on host and chip.
///
/// @param row the line of the table whose rule holds
/// @param types element types, the most usual one first
/// @param kinds kinds of shapes, the most usual one first
/// @param inputs how inputs are drawn
/// @param run the operation
record Case(
    String row,
    List<DType> types,
    List<Kind> kinds,
    Function<Draw, List<Tensor>> inputs,
    Function<List<Tensor>, Tensor> run) {
  static final List<DType> FLOATS =
      List.of(
          DType.F32,
          DType.BF16,
          DType.F16,
          DType.FP8_E4M3,
          DType.FP8_E5M2,
          DType.FP8_E4M3FNUZ,
          DType.FP8_E5M2FNUZ,
          DType.FP8_E4M3IEEE,
          DType.FP8_E3M4,
          DType.FP6_E2M3,
          DType.FP6_E3M2,
          DType.FP4_E2M1);
  static final List<DType> INTEGERS = List.of(DType.I64, DType.I32, DType.I16, DType.I8, DType.U8);
  static final List<DType> NUMBERS = join(FLOATS, INTEGERS);
  static final List<DType> WHOLE = join(INTEGERS, List.of(DType.BOOL));
  static final List<DType> SCALARS = join(NUMBERS, List.of(DType.BOOL));
  static final List<Kind> ALL = List.of(Kind.RAGGED, Kind.STRIDED, Kind.SCALAR, Kind.EMPTY);
  static final List<Kind> SIZED = List.of(Kind.RAGGED, Kind.STRIDED, Kind.EMPTY);
  static final List<Kind> FULL = List.of(Kind.RAGGED, Kind.STRIDED);

  private static List<DType> join(List<DType> a, List<DType> b) {
    return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
  }

  static Case of(
      String row,
      List<DType> types,
      List<Kind> kinds,
      Function<Draw, List<Tensor>> inputs,
      Function<List<Tensor>, Tensor> run) {
    return new Case(row, types, kinds, inputs, run);
  }

  /// The case without some types.
  Case without(DType... others) {
    Set<DType> out = Set.copyOf(Arrays.asList(others));
    return new Case(row, types.stream().filter(t -> !out.contains(t)).toList(), kinds, inputs, run);
  }

  @Override
  public String toString() {
    return row;
  }
}
