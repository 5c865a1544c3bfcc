package maia.kernel;

import java.util.List;
import java.util.Locale;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.tune.Configuration;
import maia.numerics.Array;
import maia.numerics.ElementType;

/// The arguments of a launch by the names of the kernel's parameters: what heuristics look at.
public final class Arguments {
  private final String kernel;
  private final List<Func.Param> params;
  private final List<?> values;
  private final Configuration configuration;

  Arguments(Kernel.Trace trace, List<?> values) {
    this.kernel = trace.func().name();
    this.params = trace.func().params();
    this.values = List.copyOf(values);
    this.configuration = new Configuration(trace.metas());
    if (values.size() != params.size()) {
      throw error(
          "'%s' takes %d arguments %s, got %d", kernel, params.size(), names(), values.size());
    }
  }

  private List<String> names() {
    return params.stream().map(Func.Param::name).toList();
  }

  private Object value(String name) {
    for (int i = 0; i < params.size(); i++) {
      if (params.get(i).name().equals(name)) {
        return values.get(i);
      }
    }
    throw error("'%s' has no parameter '%s'; declared are %s", kernel, name, names());
  }

  private Array array(String name) {
    if (value(name) instanceof Array array) {
      return array;
    }
    throw error("parameter '%s' of '%s' is no array", name, kernel);
  }

  /// The size of dimension `dim` of an array.
  public long size(String array, int dim) {
    long[] shape = array(array).shape();
    if (dim < 0 || dim >= shape.length) {
      throw error(
          "array '%s' of '%s' has rank %d, dimension %d was asked for",
          array, kernel, shape.length, dim);
    }
    return shape[dim];
  }

  /// The element type of an array.
  public ElementType type(String array) {
    return array(array).type();
  }

  /// A scalar argument.
  public Number number(String scalar) {
    if (value(scalar) instanceof Number number) {
      return number;
    }
    throw error("parameter '%s' of '%s' is no number", scalar, kernel);
  }

  /// The value an integer meta has without the heuristic: given with `with`, chosen by a tuning, or
  /// the default.
  public int meta(String name) {
    return configuration.integer(name);
  }

  private static KernelException error(String format, Object... values) {
    return new KernelException(
            Mistake.WRONG_ARGUMENT, String.format(Locale.ROOT, format, values), Origin.NONE)
        .without(Tracer::isOwn);
  }
}
