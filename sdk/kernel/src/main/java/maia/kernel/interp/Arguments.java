package maia.kernel.interp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.base.Check;
import maia.kernel.ir.Func;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.PackedWeights;

/// The arguments of a call by the names of their parameters.
final class Arguments {
  private final Map<String, Bound> arrays = new LinkedHashMap<>();
  private final Map<String, Number> numbers = new LinkedHashMap<>();

  static Arguments of(Func func, List<Object> list) {
    Arguments arguments = new Arguments();
    for (int i = 0; i < list.size(); i++) {
      arguments.bind(func.params().get(i), list.get(i));
    }
    return arguments;
  }

  /// Gives `param` its argument, which fits.
  void bind(Func.Param param, Object argument) {
    switch (param) {
      case Func.ArrayParam(var name, _, var access, _) -> {
        Array array = (Array) argument;
        arrays.put(name, new Bound(name, access, array));
        String scales = Func.scales(name);
        array.scales().ifPresent(s -> arrays.put(scales, new Bound(scales, access, s)));
        numbers.put(Func.tensorScale(name), array.tensorScale());
      }
      case Func.ScalarParam(var name, _) -> numbers.put(name, (Number) argument);
    }
  }

  Bound array(String name) {
    return Check.present(arrays.get(name), "kernel.interp", name);
  }

  Iterable<Bound> arrays() {
    return arrays.values();
  }

  /// Tells that the arrays have been written which a kernel may write.
  void written() {
    for (Bound array : arrays.values()) {
      if (array.access != Program.Access.IN) {
        PackedWeights.written(array.segment);
      }
    }
  }

  Number number(String name) {
    return Check.present(numbers.get(name), "kernel.interp", name);
  }
}
