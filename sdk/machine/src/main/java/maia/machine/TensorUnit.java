package maia.machine;

import java.util.Map;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;

/// The tensor unit (TTU) of a tile: per cycle it multiplies a `rows` x K block by a K x `columns`
/// block, where K depends on the input type.
///
/// @param rows output rows per step
/// @param columns output columns per step
/// @param depth K per cycle for each input type
/// @param fillCycles cycles from the first operand to the first result of an idle unit
/// @param operandBytesPerCycle bytes per cycle of each of the two operand ports, block scales
///   included
/// @param resultBytesPerCycle bytes per cycle of the result port, through which accumulators in
///   tile SRAM are read and written
/// @param resultPorts whether reading and writing accumulators share that port
public record TensorUnit(
    int rows,
    int columns,
    Map<DType, Integer> depth,
    int fillCycles,
    int operandBytesPerCycle,
    int resultBytesPerCycle,
    Ports resultPorts) {
  public TensorUnit {
    depth = ByType.copy(depth);
    Check.argument(
        rows > 0 && columns > 0, "tensor unit: block must be positive, was %dx%d", rows, columns);
  }

  /// K per cycle for inputs of `type`; empty when the unit does not take them.
  public Optional<Integer> depth(DType type) {
    return Optional.ofNullable(depth.get(type));
  }

  /// K per cycle when the operands differ: the slower of the two, since the narrower one widens on
  /// read.
  public Optional<Integer> depth(DType a, DType b) {
    return depth(a).flatMap(x -> depth(b).map(y -> Math.min(x, y)));
  }

  /// Multiply-accumulates per cycle for inputs of `type`, 0 when the unit does not take them.
  public long macsPerCycle(DType type) {
    return (long) rows * columns * depth.getOrDefault(type, 0);
  }

  /// The accepted input types, in declaration order.
  public Iterable<DType> types() {
    return depth.keySet();
  }
}
