package maia.kernel.lower;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import maia.npl.Expr;
import maia.npl.Place;

/// Registers replaced by what they hold, as far as that was written once.
final class Definitions {
  private final Map<String, Expr> values = new HashMap<>();

  private Definitions() {}

  /// The registers that the plan under `root` writes exactly once.
  static Definitions of(Section root) {
    Map<String, Integer> writes = new HashMap<>();
    Definitions definitions = new Definitions();
    definitions.collect(root, writes);
    writes.forEach((register, count) -> {
      if (count > 1) {
        definitions.values.remove(register);
      }
    });
    return definitions;
  }

  private void collect(Section section, Map<String, Integer> writes) {
    for (Node node : section.nodes()) {
      if (node instanceof Node.Assign(var register, var value, _)) {
        writes.merge(register, 1, Integer::sum);
        values.put(register, value);
      }
      node.sections().forEach(inner -> collect(inner, writes));
    }
  }

  /// Whether the register is written once.
  boolean isFixed(String register) {
    return values.containsKey(register);
  }

  /// `expr` with `known` registers replaced first, the others by their definitions.
  Expr resolve(Expr expr, Map<String, Expr> known) {
    return switch (expr) {
      case Expr.Const _, Expr.Size _, Expr.Scalar _ -> expr;
      case Expr.Reg(var name) -> {
        if (known.containsKey(name)) {
          yield known.get(name);
        }
        Expr value = values.get(name);
        yield value == null ? expr : resolve(value, known);
      }
      case Expr.Binary(var op, var left, var right) ->
          Expr.binary(op, resolve(left, known), resolve(right, known));
    };
  }

  Place.Window resolve(Place.Window window, Map<String, Expr> known) {
    UnaryOperator<Expr> f = expr -> resolve(expr, known);
    List<Place.Axis> axes =
        window.axes().stream()
            .map(axis ->
                new Place.Axis(
                    f.apply(axis.start()),
                    axis.extent(),
                    axis.step(),
                    mapped(axis.low(), f),
                    mapped(axis.high(), f),
                    axis.along()))
            .toList();
    return new Place.Window(window.array(), axes);
  }

  Place.Region resolve(Place.Region region, Map<String, Expr> known) {
    return region.limited(
        region.limits().stream().map(limit -> mapped(limit, e -> resolve(e, known))).toList());
  }

  private static Optional<Expr> mapped(Optional<Expr> expr, UnaryOperator<Expr> f) {
    return expr.map(f);
  }
}
