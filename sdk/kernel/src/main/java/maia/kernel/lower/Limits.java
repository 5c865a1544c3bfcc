package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.Term;
import maia.npl.Expr;

/// Run-time sizes of buffers: each different limit is a register that is set when a program begins.
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
    return registers.computeIfAbsent(
        limit,
        _ -> {
          String name = "limit" + registers.size();
          root.nodes().add(registers.size(), new Node.Assign(name, limit, start));
          return Expr.reg(name);
        });
  }
}
