package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.Tracer.Use;
import maia.kernel.ir.Func;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Term;
import maia.npl.Program.Access;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// The parameters a kernel has declared so far.
final class Parameters {
  private final Tracer trace;
  private final List<Func.Param> params = new ArrayList<>();

  Parameters(Tracer trace) {
    this.trace = trace;
  }

  List<Func.Param> list() {
    return params;
  }

  Use array(String name, ElementType type, int rank, Access access) {
    checkName(name);
    trace.require(
        rank >= 1 && rank <= 4,
        Mistake.BAD_PARAMETER,
        "array '%s': rank must be 1 to 4, was %d",
        name,
        rank);
    declare(new Func.ArrayParam(name, type, access, rank));
    return new Use(name, access, rank);
  }

  Tile scalar(String name, DType type) {
    checkName(name);
    declare(new Func.ScalarParam(name, type));
    return new Tile(trace.recording().leaf(new Term.Scalar(name, type)));
  }

  private void declare(Func.Param param) {
    params.add(param);
    trace.recording().driver().declared(param);
  }

  private void checkName(String name) {
    trace.require(
        Kernel.isName(name),
        Mistake.BAD_PARAMETER,
        "'%s' is not a name: use letters, digits and _",
        name);
    trace.require(
        params.stream().noneMatch(p -> p.name().equals(name)),
        Mistake.BAD_PARAMETER,
        "parameter '%s' is declared twice; names must differ",
        name);
    trace.require(
        trace.recording().isTop(),
        Mistake.BAD_PARAMETER,
        "parameter '%s' is declared inside a loop or branch; move it up",
        name);
  }

  /// Notes that an array declared with `k.out` is read too, by an atomic.
  void readAndWrite(String array) {
    params.replaceAll(p ->
        p instanceof Func.ArrayParam(var name, var type, _, int rank) && name.equals(array)
            ? new Func.ArrayParam(name, type, Access.IN_OUT, rank)
            : p);
  }
}
