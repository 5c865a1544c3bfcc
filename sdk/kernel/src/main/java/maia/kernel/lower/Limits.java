package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.Term;
import maia.npl.Expr;

/// Run-time sizes of buffers: each different limit is a register that is set before its first use.
final class Limits {
  private final Demand demand;
  private final Section root;
  private final Origin start;
  private final Map<Expr, Expr> registers = new HashMap<>();

  Limits(Func func, Section root) {
    demand = Demand.of(func);
    this.root = root;
    start = new Origin(func.name(), 1, "");
  }

  /// The limits of a buffer for `tile` with `rank` dimensions.
  List<Optional<Expr>> of(Term tile, int rank) {
    List<Optional<Expr>> all = new ArrayList<>();
    for (Optional<Expr> limit : demand.limits(tile, tile.type().shape(), rank)) {
      all.add(limit.map(this::register));
    }
    return all;
  }

  private Expr register(Expr limit) {
    Expr known = registers.get(limit);
    if (known == null) {
      String name = "limit" + registers.size();
      Expr value = shortened(limit, assigned());
      root.nodes().add(new Node.Assign(name, value, start));
      known = Expr.reg(name);
      registers.put(limit, known);
    }
    return known;
  }

  /// What the registers of the program hold so far, in full.
  private Map<Expr, Expr> assigned() {
    Definitions definitions = Definitions.of(root);
    Map<Expr, Expr> names = new LinkedHashMap<>();
    for (Node node : root.nodes()) {
      if (node instanceof Node.Assign(var register, var value, _)
          && definitions.isFixed(register)) {
        names.putIfAbsent(definitions.resolve(value, Map.of()), Expr.reg(register));
      }
    }
    return names;
  }

  private static Expr shortened(Expr expr, Map<Expr, Expr> names) {
    Expr name = names.get(expr);
    if (name != null) {
      return name;
    }
    return expr instanceof Expr.Binary(var op, var left, var right)
        ? Expr.binary(op, shortened(left, names), shortened(right, names))
        : expr;
  }
}
