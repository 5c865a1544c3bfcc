package maia.kernel.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Reads terms and the values they refer to.
final class TermParser {
  private final Map<String, Value> values = new HashMap<>();
  private Tokens tokens = new Tokens("", 1);

  /// Continues with another line.
  void read(Tokens line) {
    tokens = line;
  }

  /// A value declared as `%1: f32[8]`.
  Value declared() {
    String name = tokens.take();
    tokens.expect(":");
    return define(name, type());
  }

  /// Values declared one after the other, separated by commas.
  List<Value> declarations() {
    List<Value> all = new ArrayList<>(List.of(declared()));
    while (tokens.accept(",")) {
      all.add(declared());
    }
    return all;
  }

  private Type type() {
    DType dtype = tokens.dtype();
    if (!tokens.accept("[")) {
      return Type.scalar(dtype);
    }
    Type type = new Type(dtype, Type.parseSizes(tokens.take()));
    tokens.expect("]");
    return type;
  }

  Value define(String name, Type type) {
    Value value = new Value(Integer.parseInt(name.substring(1)), type);
    values.put(name, value);
    return value;
  }

  Value defined(String word) {
    Value value = values.get(word);
    if (value == null) {
      throw tokens.error("no value '" + word + "' is defined above");
    }
    return value;
  }

  /// Terms between square brackets.
  List<Term> indices() {
    tokens.expect("[");
    List<Term> indices = new ArrayList<>();
    while (!tokens.accept("]")) {
      indices.add(term());
      tokens.accept(",");
    }
    return indices;
  }

  /// Terms separated by commas.
  List<Term> terms() {
    List<Term> all = new ArrayList<>(List.of(term()));
    while (tokens.accept(",")) {
      all.add(term());
    }
    return all;
  }

  /// The term after `word`, when it comes next.
  Optional<Term> optional(String word) {
    return tokens.accept(word) ? Optional.of(term()) : Optional.empty();
  }

  Term term() {
    String word = tokens.take();
    if (word.startsWith("%")) {
      return new Term.Ref(defined(word));
    }
    if (tokens.accept(":")) {
      DType dtype = tokens.dtype();
      return dtype.isFloat()
          ? new Term.Real(Float.parseFloat(word), dtype)
          : new Term.Int(Long.parseLong(word), dtype);
    }
    tokens.expect("(");
    Term term = call(word);
    tokens.expect(")");
    return term;
  }

  private Term call(String word) {
    return switch (word) {
      case "iota" -> new Term.Iota(tokens.number());
      case "program_id" -> new Term.ProgramId(tokens.number());
      case "num_programs" -> new Term.NumPrograms(tokens.number());
      case "size" -> new Term.Size(tokens.take(), nextNumber());
      case "scalar" -> {
        String name = tokens.take();
        tokens.expect(",");
        yield new Term.Scalar(name, tokens.dtype());
      }
      case "cast" -> cast();
      case "bitcast" -> new Term.Bitcast(tokens.dtype(), nextTerm());
      case "philox" -> {
        int lane = tokens.number();
        yield new Term.Philox(nextTerm(), nextTerm(), lane);
      }
      case "unsqueeze" -> new Term.Unsqueeze(tokens.number(), nextTerm());
      case "broadcast" -> new Term.Broadcast(Texts.parseSizes(tokens.take()), nextTerm());
      case "reshape" -> new Term.Reshape(Texts.parseSizes(tokens.take()), nextTerm());
      case "permute" -> new Term.Permute(Texts.parseSizes(tokens.take()), nextTerm());
      case "flip" -> new Term.Flip(tokens.number(), nextTerm());
      case "slice" -> new Term.Slice(tokens.number(), nextNumber(), nextNumber(), nextTerm());
      case "transpose" -> new Term.Transpose(term());
      case "fma" -> new Term.Fma(term(), nextTerm(), nextTerm());
      case "select" -> new Term.Select(term(), nextTerm(), nextTerm());
      default -> operator(word);
    };
  }

  private Term cast() {
    DType dtype = tokens.dtype();
    if (tokens.peek().equals(",")) {
      return new Term.Cast(dtype, nextTerm());
    }
    Rounding rounding =
        tokens.accept("stochastic")
            ? Rounding.stochastic(Long.parseLong(tokens.take()))
            : Texts.rounding(tokens.take());
    Overflow overflow = Texts.overflow(tokens.take());
    return new Term.Cast(dtype, rounding, overflow, nextTerm());
  }

  private Term operator(String word) {
    for (BinaryOp op : BinaryOp.values()) {
      if (op.label().equals(word)) {
        return new Term.Binary(op, term(), nextTerm());
      }
    }
    for (UnaryOp op : UnaryOp.values()) {
      if (op.name().equalsIgnoreCase(word)) {
        return new Term.Unary(op, term());
      }
    }
    throw tokens.error("unknown operation '" + word + "'");
  }

  private Term nextTerm() {
    tokens.expect(",");
    return term();
  }

  private int nextNumber() {
    tokens.expect(",");
    return tokens.number();
  }
}
