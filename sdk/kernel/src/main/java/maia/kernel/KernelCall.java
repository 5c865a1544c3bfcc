package maia.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import maia.base.Check;
import maia.kernel.interp.Interpretation;
import maia.kernel.interp.Interpreter;
import maia.kernel.interp.Interpreter.Checks;
import maia.kernel.interp.Order;
import maia.kernel.ir.Func;
import maia.numerics.Array;
import maia.numerics.BlockFormat;

/// One launch: a traced kernel, a grid and arguments. Arguments match the function's parameters.
///
/// @param func what the kernel recorded for this launch
/// @param metas every meta with the value in force
/// @param grid one to three sizes
/// @param arguments arrays and numbers in the order of the parameters
/// @param mode whether values are computed
public record KernelCall(
    Func func,
    SequencedMap<String, Object> metas,
    List<Integer> grid,
    List<Object> arguments,
    Mode mode) {
  /// What a run computes.
  public enum Mode {
    /// Values, time and energy.
    COMPUTE,
    /// Time and energy only; arrays need no memory.
    TIMING_ONLY,
  }

  public KernelCall {
    metas = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metas));
    grid = List.copyOf(grid);
    arguments = List.copyOf(arguments);
  }

  /// Runs this call in the interpreter, every access checked; the compiler is not asked.
  public Interpretation interpret() {
    return interpret(Checks.ON);
  }

  /// Runs this call in the interpreter, checked or not.
  public Interpretation interpret(Checks checks) {
    return interpret(checks, Order.ASCENDING);
  }

  /// Runs this call in the interpreter, its programs in `order`.
  public Interpretation interpret(Checks checks, Order order) {
    Check.argument(
        mode == Mode.COMPUTE,
        "interpreter: it computes values and knows no time; call '%s' with arrays that have memory",
        func.name());
    return Interpreter.run(func, grid, arguments, checks, order);
  }

  /// The array arguments as the tile program takes them: a block-format array, then its scales.
  public List<Array> arrays() {
    List<Array> arrays = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Array array) {
        arrays.add(array);
        array.scales().ifPresent(arrays::add);
      }
    }
    return arrays;
  }

  /// The number arguments, in order: [Float] for F32 parameters, [Long] for I64, and the tensor
  /// scale of each array whose format has one.
  public List<Number> scalars() {
    List<Number> numbers = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof Number number) {
        numbers.add(number);
      } else if (argument instanceof Array array
          && array.type() instanceof BlockFormat format
          && format.tensorScale()) {
        numbers.add(array.tensorScale());
      }
    }
    return numbers;
  }
}
