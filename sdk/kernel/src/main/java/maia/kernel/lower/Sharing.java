package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.npl.Program.Access;
import maia.numerics.DType;

/// Which loads several lanes of a cluster have in common: those in loops that every program runs
/// equally often, from arrays that are only read, at indices that do not depend on every dimension
/// of the grid.
final class Sharing {
  /// A loop and what it loads for the tensor unit.
  ///
  /// @param shared loads that the cluster could do, each with the grid dimensions it depends on
  /// @param own loads that every tile has to do itself
  /// @param dots products of one iteration
  record Loop(Map<Op.Load, Set<Integer>> shared, List<Op.Load> own, List<Op.Dot> dots) {}

  private final Defs defs;
  private final Regular regular;
  private final Map<String, Access> access = new HashMap<>();
  private final List<Loop> loops = new ArrayList<>();
  private final Set<Integer> grid = new TreeSet<>();

  private Sharing(Func func) {
    defs = new Defs(func);
    regular = Regular.of(func);
    for (Func.Param param : func.params()) {
      if (param instanceof Func.ArrayParam array) {
        access.put(array.name(), array.access());
        access.put(Func.scales(array.name()), array.access());
      }
    }
    block(func.body(), Optional.empty(), true);
  }

  static Sharing of(Func func) {
    return new Sharing(func);
  }

  /// The loops that load anything.
  List<Loop> loops() {
    return loops;
  }

  /// The grid dimensions that the function asks for.
  Set<Integer> gridDims() {
    return grid;
  }

  private void block(Block block, Optional<Loop> around, boolean isUniform) {
    for (Op op : block.ops()) {
      op.operands().forEach(this::note);
      switch (op) {
        case Op.Load load when around.isPresent() -> load(load, around.get(), isUniform);
        case Op.Dot dot when around.isPresent() && onTensorUnit(dot) ->
            around.get().dots().add(dot);
        case Op.Range range -> {
          boolean inner =
              isUniform
                  && dims(List.of(range.from(), range.to(), range.step()))
                      .filter(Set::isEmpty)
                      .isPresent();
          Loop loop = new Loop(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
          block(range.body(), Optional.of(loop), inner);
          if (!loop.shared().isEmpty() || !loop.own().isEmpty()) {
            loops.add(loop);
          }
        }
        default -> op.blocks().forEach(inner -> block(inner, around, false));
      }
    }
  }

  private void load(Op.Load load, Loop loop, boolean isUniform) {
    List<Term> terms = new ArrayList<>(load.indices());
    load.mask().ifPresent(terms::add);
    Optional<Set<Integer>> dims = dims(terms);
    boolean isCopy = regular.isCopy(load);
    if (isUniform && isCopy && access.get(load.array()) == Access.IN && dims.isPresent()) {
      loop.shared().put(load, dims.get());
    } else {
      loop.own().add(load);
    }
  }

  /// The vector processor multiplies fp32; products of batches are not modelled here.
  private static boolean onTensorUnit(Op.Dot dot) {
    return dot.result().type().rank() == 2 && dot.a().type().dtype() != DType.F32;
  }

  /// Whether the term is computed from program indices, sizes and parameters alone, outside of
  /// loops.
  boolean isOfPrograms(Term term) {
    return term.values()
        .allMatch(value ->
            defs.of(value) instanceof Op.Map map
                && defs.isVirtual(value)
                && isOfPrograms(map.term()));
  }

  private void note(Term term) {
    if (term instanceof Term.ProgramId(int dim)) {
      grid.add(dim);
    }
    term.operands().forEach(this::note);
  }

  /// Dimensions 0 and 1 of the grid that the terms depend on, or empty when they depend on data or
  /// on cells.
  private Optional<Set<Integer>> dims(List<Term> terms) {
    Set<Integer> found = new TreeSet<>();
    return terms.stream().allMatch(term -> collect(term, found))
        ? Optional.of(found)
        : Optional.empty();
  }

  private boolean collect(Term term, Set<Integer> found) {
    if (term instanceof Term.ProgramId(int dim) && dim < 2) {
      found.add(dim);
    }
    return term instanceof Term.Ref(var value)
        ? collect(value, found)
        : term.operands().stream().allMatch(x -> collect(x, found));
  }

  private boolean collect(Value value, Set<Integer> found) {
    Op op = defs.of(value);
    return op instanceof Op.Range
        || (op instanceof Op.Map map && defs.isVirtual(value) && collect(map.term(), found));
  }
}
