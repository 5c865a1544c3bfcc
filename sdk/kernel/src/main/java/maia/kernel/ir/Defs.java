package maia.kernel.ir;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import maia.numerics.DType;

/// Where each value of a function is defined, and how often it is read.
public final class Defs {
  /// A value that takes more operations than this is kept, not computed anew at every use.
  private static final long MOST = 128;

  /// The same for scalars, which registers hold.
  private static final long MOST_SCALAR = 2048;

  private static final long TOO_MANY = 1L << 40;

  private final Map<Value, Op> defs = new HashMap<>();
  private final Map<Value, Integer> uses = new HashMap<>();
  private final Map<Value, Boolean> virtual = new HashMap<>();
  private final Map<Value, Long> sizes = new HashMap<>();

  /// The definitions of `func`.
  public Defs(Func func) {
    collect(func.body());
  }

  private void collect(Block block) {
    for (Op op : block.ops()) {
      op.results().forEach(v -> defs.put(v, op));
      if (op instanceof Op.Range range) {
        defs.put(range.index(), range);
      }
      if (op instanceof Op.Fold fold) {
        fold.combiner().left().forEach(v -> defs.put(v, fold));
        fold.combiner().right().forEach(v -> defs.put(v, fold));
      }
      op.operands().stream().flatMap(Term::values).forEach(v -> uses.merge(v, 1, Integer::sum));
      op.blocks().forEach(this::collect);
    }
  }

  /// The operation that defines `value`.
  public Op of(Value value) {
    Op op = defs.get(value);
    if (op == null) {
      throw new IllegalStateException("bug in kernel.ir: no definition of " + value);
    }
    return op;
  }

  /// How many times terms read `value`.
  public int uses(Value value) {
    return uses.getOrDefault(value, 0);
  }

  /// Whether the value is known without data and small: to the control processor when it is a
  /// scalar integer, else computed anew wherever it is used.
  public boolean isVirtual(Value value) {
    Boolean known = virtual.get(value);
    if (known == null) {
      known = isVirtualNow(value);
      virtual.put(value, known);
    }
    return known;
  }

  private boolean isVirtualNow(Value value) {
    return switch (of(value)) {
      case Op.Range _ -> true;
      case Op.Map m ->
          isVirtual(m.term()) && size(value) <= (isControl(value.type()) ? MOST_SCALAR : MOST);
      case Op.Get g -> isControl(g.cell().type());
      case Op.Load _, Op.Dot _, Op.Reduce _, Op.Quantize _, Op.Var _ -> false;
      case Op.Store _, Op.Set _, Op.When _, Op.While _ -> false;
      case Op.Fold _, Op.Sort _, Op.Histogram _, Op.Gather _, Op.Concat _, Op.Atomic _ -> false;
      case Op.Print _, Op.Assert _, Op.Assume _ -> false;
    };
  }

  /// Operations that computing `value` anew takes, with everything that is computed anew for it.
  private long size(Value value) {
    Long known = sizes.get(value);
    if (known == null) {
      boolean isTile = !isControl(value.type());
      known = of(value) instanceof Op.Map m ? Math.min(size(m.term(), isTile), TOO_MANY) : 1L;
      sizes.put(value, known);
    }
    return known;
  }

  /// For a tile, scalars count as the registers they will be.
  private long size(Term term, boolean isTile) {
    if (term instanceof Term.Ref(var value)) {
      return isVirtual(value) && !(isTile && isControl(value.type())) ? size(value) : 1;
    }
    return 1 + term.operands().stream().mapToLong(x -> size(x, isTile)).sum();
  }

  /// Whether every value the term reads is virtual.
  public boolean isVirtual(Term term) {
    return term.values().allMatch(this::isVirtual);
  }

  /// Whether a cell of this type is a register of the control processors.
  public static boolean isControl(Type type) {
    return type.rank() == 0 && (type.dtype() == DType.I64 || type.dtype() == DType.BOOL);
  }

  /// The number in every element of `term`, when it is one constant.
  public Optional<Float> constant(Term term) {
    return switch (term) {
      case Term.Real(float value, _) -> Optional.of(value);
      case Term.Broadcast(_, var x) -> constant(x);
      case Term.Unsqueeze(_, var x) -> constant(x);
      case Term.Transpose(var x) -> constant(x);
      case Term.Reshape(_, var x) -> constant(x);
      case Term.Permute(_, var x) -> constant(x);
      case Term.Flip(_, var x) -> constant(x);
      case Term.Slice(_, _, _, var x) -> constant(x);
      case Term.Ref(var value) when of(value) instanceof Op.Map m -> constant(m.term());
      case Term.Ref _, Term.Int _, Term.Scalar _, Term.Iota _ -> Optional.empty();
      case Term.ProgramId _, Term.NumPrograms _, Term.Size _ -> Optional.empty();
      case Term.Unary _, Term.Binary _, Term.Fma _, Term.Select _, Term.Cast _ -> Optional.empty();
      case Term.Bitcast _, Term.Philox _ -> Optional.empty();
    };
  }
}
