package maia.kernel.ir;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.base.Origin;

/// The text form of a [Func].
final class FuncPrinter {
  private final Func func;
  private final StringBuilder out = new StringBuilder();

  FuncPrinter(Func func) {
    this.func = func;
  }

  String text() {
    out.append("func ").append(func.name()).append('(');
    out.append(func.params().stream().map(FuncPrinter::param).collect(Collectors.joining(", ")));
    out.append(")");
    if (!func.mapping().equals(Mapping.AUTO)) {
      out.append(" mapping ").append(func.mapping());
    }
    out.append("\n");
    block(func.body(), 1);
    return out.toString();
  }

  private static String param(Func.Param param) {
    return switch (param) {
      case Func.ArrayParam(var name, var type, var access, int rank) ->
          "%s: %s %s[%s]"
              .formatted(
                  name,
                  access.name().toLowerCase(Locale.ROOT),
                  type.label(),
                  String.join("x", Collections.nCopies(rank, "?")));
      case Func.ScalarParam(var name, var type) -> name + ": " + type.label();
    };
  }

  private void block(Block block, int depth) {
    for (Op op : block.ops()) {
      line(depth, head(op), op.origin());
      switch (op) {
        case Op.Range range -> block(range.body(), depth + 1);
        case Op.When when -> {
          block(when.then(), depth + 1);
          if (!when.otherwise().ops().isEmpty()) {
            line(depth, "else", Origin.NONE);
            block(when.otherwise(), depth + 1);
          }
        }
        case Op.While loop -> {
          block(loop.condition(), depth + 1);
          line(depth, "do " + term(loop.test()), Origin.NONE);
          block(loop.body(), depth + 1);
        }
        case Op.Map _, Op.Load _, Op.Store _, Op.Dot _, Op.Reduce _, Op.Quantize _ -> {}
        case Op.Var _, Op.Get _, Op.Set _ -> {}
        case Op.Fold _, Op.Sort _, Op.Histogram _, Op.Gather _, Op.Concat _, Op.Atomic _ -> {}
        case Op.Print _, Op.Assert _, Op.Assume _ -> {}
      }
    }
  }

  private void line(int depth, String text, Origin origin) {
    out.append("  ".repeat(depth)).append(text);
    if (origin.isKnown()) {
      out.append(" @ ").append(origin);
    }
    out.append('\n');
  }

  private static String head(Op op) {
    return switch (op) {
      case Op.Map m -> def(m.result()) + term(m.term());
      case Op.Load l ->
          def(l.result())
              + "load %s[%s]".formatted(l.array(), terms(l.indices()))
              + optional(" mask ", l.mask())
              + (l.mask().isPresent() ? " other " + l.other() : "");
      case Op.Store s ->
          "store %s[%s] %s".formatted(s.array(), terms(s.indices()), term(s.value()))
              + optional(" mask ", s.mask());
      case Op.Dot d ->
          def(d.result())
              + "dot %s %s".formatted(term(d.a()), term(d.b()))
              + d.scales()
                  .map(s -> " scales %s %s block %d".formatted(term(s.a()), term(s.b()), s.block()))
                  .orElse("")
              + " acc "
              + term(d.acc())
              + optional(" clear ", d.clear());
      case Op.Reduce r ->
          def(r.result()) + "reduce %s %s axis %d".formatted(lower(r.op()), term(r.x()), r.axis());
      case Op.Quantize q ->
          "%s: %s, %s".formatted(q.elements(), q.elements().type(), def(q.scales()))
              + "quantize %s %s %s".formatted(term(q.x()), q.format().label(), lower(q.rule()));
      case Op.Var v -> def(v.cell()) + "var" + optional(" ", v.init());
      case Op.Get g -> def(g.result()) + "get " + g.cell() + (g.snapshot() ? " snapshot" : "");
      case Op.Set s -> "set %s %s".formatted(s.cell(), term(s.value()));
      case Op.Range r ->
          "range %s from %s to %s step %s stages %d"
              .formatted(r.index(), term(r.from()), term(r.to()), term(r.step()), r.stages());
      case Op.When w -> "when " + term(w.condition());
      case Op.While _ -> "while";
      case Op.Fold f -> fold(f);
      case Op.Sort s ->
          def(s.result())
              + "sort %s axis %d%s"
                  .formatted(term(s.x()), s.axis(), s.descending() ? " descending" : "");
      case Op.Histogram h ->
          def(h.result())
              + "histogram %s bins %d".formatted(term(h.x()), h.bins())
              + optional(" mask ", h.mask());
      case Op.Gather g ->
          def(g.result())
              + "gather %s at %s axis %d".formatted(term(g.x()), term(g.index()), g.axis());
      case Op.Concat c -> def(c.result()) + "concat %s dim %d".formatted(terms(c.parts()), c.dim());
      case Op.Atomic a ->
          a.old().map(FuncPrinter::def).orElse("")
              + "atomic %s %s[%s] %s"
                  .formatted(lower(a.op()), a.array(), terms(a.indices()), term(a.value()))
              + optional(" compare ", a.compare())
              + optional(" mask ", a.mask());
      case Op.Print p -> "print %s %s".formatted(term(p.value()), Texts.quoted(p.label()));
      case Op.Assert a -> "assert %s %s".formatted(term(a.condition()), Texts.quoted(a.message()));
      case Op.Assume a -> "assume " + term(a.condition());
    };
  }

  private static String fold(Op.Fold fold) {
    Op.Combiner combiner = fold.combiner();
    return "%s = fold %s axis %d%s (%s) (%s) -> %s of %s"
        .formatted(
            declarations(fold.results()),
            lower(fold.kind()),
            fold.axis(),
            fold.reverse() ? " reverse" : "",
            declarations(combiner.left()),
            declarations(combiner.right()),
            terms(combiner.results()),
            terms(fold.inputs()));
  }

  private static String declarations(List<Value> values) {
    return values.stream().map(v -> v + ": " + v.type()).collect(Collectors.joining(", "));
  }

  private static String def(Value value) {
    return value + ": " + value.type() + " = ";
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String optional(String word, Optional<Term> term) {
    return term.map(t -> word + term(t)).orElse("");
  }

  private static String terms(List<Term> terms) {
    return terms.stream().map(FuncPrinter::term).collect(Collectors.joining(", "));
  }

  static String term(Term term) {
    return switch (term) {
      case Term.Ref(var value) -> value.toString();
      case Term.Int(long value, var dtype) -> value + ":" + dtype.label();
      case Term.Real(float value, var dtype) -> value + ":" + dtype.label();
      case Term.Iota(int size) -> "iota(" + size + ")";
      case Term.ProgramId(int dim) -> "program_id(" + dim + ")";
      case Term.NumPrograms(int dim) -> "num_programs(" + dim + ")";
      case Term.Size(var array, int dim) -> "size(" + array + ", " + dim + ")";
      case Term.Scalar(var name, var dtype) -> "scalar(" + name + ", " + dtype.label() + ")";
      case Term.Cast cast ->
          "cast(%s%s, %s)".formatted(cast.dtype().label(), Texts.mode(cast), term(cast.x()));
      case Term.Bitcast(var dtype, var x) -> "bitcast(" + dtype.label() + ", " + term(x) + ")";
      case Term.Philox(var seed, var offset, int word) ->
          "philox(%d, %s, %s)".formatted(word, term(seed), term(offset));
      case Term.Unsqueeze(int dim, var x) -> "unsqueeze(" + dim + ", " + term(x) + ")";
      case Term.Broadcast(var shape, var x) ->
          "broadcast(" + Texts.sizes(shape) + ", " + term(x) + ")";
      case Term.Reshape(var shape, var x) -> "reshape(" + Texts.sizes(shape) + ", " + term(x) + ")";
      case Term.Permute(var order, var x) -> "permute(" + Texts.sizes(order) + ", " + term(x) + ")";
      case Term.Flip(int dim, var x) -> "flip(" + dim + ", " + term(x) + ")";
      case Term.Slice(int dim, int start, int size, var x) ->
          "slice(%d, %d, %d, %s)".formatted(dim, start, size, term(x));
      case Term.Unary _, Term.Binary _, Term.Fma _, Term.Select _, Term.Transpose _ ->
          term.label() + "(" + terms(term.operands()) + ")";
    };
  }
}
