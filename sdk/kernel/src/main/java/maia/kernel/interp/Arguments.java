package maia.kernel.interp;

import java.util.LinkedHashMap;
import java.util.Map;
import maia.base.Check;
import maia.kernel.KernelCall;
import maia.kernel.ir.Func;
import maia.numerics.Array;

/// The arguments of a call by the names of their parameters.
final class Arguments {
  private final Map<String, Bound> arrays = new LinkedHashMap<>();
  private final Map<String, Number> numbers = new LinkedHashMap<>();

  Arguments(KernelCall call) {
    for (int i = 0; i < call.arguments().size(); i++) {
      Object argument = call.arguments().get(i);
      switch (call.func().params().get(i)) {
        case Func.ArrayParam(var name, _, var access, _) -> {
          Array array = (Array) argument;
          arrays.put(name, new Bound(name, access, array));
          array.scales()
              .ifPresent(s -> arrays.put(Func.scales(name), new Bound(Func.scales(name), access, s)));
        }
        case Func.ScalarParam(var name, _) -> numbers.put(name, (Number) argument);
      }
    }
  }

  Bound array(String name) {
    return Check.present(arrays.get(name), "kernel.interp", name);
  }

  Iterable<Bound> arrays() {
    return arrays.values();
  }

  Number number(String name) {
    return Check.present(numbers.get(name), "kernel.interp", name);
  }
}
