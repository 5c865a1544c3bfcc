package maia.kernel.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.npl.Instr.ReduceOp;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;

/// Reads the text form of a [Func]: one operation per line, nesting by indentation.
final class FuncParser {
  private static final Pattern ORIGIN = Pattern.compile("^(.*) @ (.*):(\\d+)(?: \\((.*)\\))?$");
  private static final List<BlockFormat> FORMATS =
      List.of(
          BlockFormat.MXFP8_E4M3,
          BlockFormat.MXFP8_E5M2,
          BlockFormat.MXFP6_E2M3,
          BlockFormat.MXFP6_E3M2,
          BlockFormat.MXFP4,
          BlockFormat.MXINT8,
          BlockFormat.NVFP4);

  private final List<String> lines;
  private final TermParser terms = new TermParser();
  private int at;
  private Tokens tokens = new Tokens("", 1);

  FuncParser(String text) {
    lines = text.lines().filter(line -> !line.isBlank()).toList();
  }

  Func func() {
    scan(lines.get(at++));
    tokens.expect("func");
    String name = tokens.take();
    tokens.expect("(");
    List<Func.Param> params = new ArrayList<>();
    while (!tokens.accept(")")) {
      params.add(param());
      tokens.accept(",");
    }
    Mapping mapping = tokens.accept("mapping") ? mapping() : Mapping.AUTO;
    return new Func(name, params, block(1), mapping);
  }

  private Mapping mapping() {
    Mapping.Path path = Mapping.Path.valueOf(tokens.take().toUpperCase(Locale.ROOT));
    if (tokens.isAtEnd()) {
      return new Mapping(path, 0, 0);
    }
    String[] lanes = tokens.take().split("x");
    return new Mapping(path, Integer.parseInt(lanes[0]), Integer.parseInt(lanes[1]));
  }

  private Func.Param param() {
    String name = tokens.take();
    tokens.expect(":");
    String word = tokens.take();
    Optional<Access> access =
        Stream.of(Access.values()).filter(a -> a.name().equalsIgnoreCase(word)).findFirst();
    if (access.isEmpty()) {
      return new Func.ScalarParam(name, dtype(word));
    }
    ElementType type = element(tokens.take());
    int rank = 0;
    tokens.expect("[");
    while (!tokens.accept("]")) {
      rank += tokens.take().equals("?") ? 1 : 0;
    }
    return new Func.ArrayParam(name, type, access.get(), rank);
  }

  // ---- structure

  private Block block(int depth) {
    List<Op> ops = new ArrayList<>();
    while (at < lines.size() && depth(lines.get(at)) == depth && !isMiddle(lines.get(at))) {
      ops.add(op(lines.get(at++), depth));
    }
    return new Block(ops);
  }

  private static int depth(String line) {
    return (line.length() - line.stripLeading().length()) / 2;
  }

  /// Whether the line stands between two blocks of one operation.
  private static boolean isMiddle(String line) {
    return line.strip().equals("else") || line.strip().startsWith("do ");
  }

  private Op op(String line, int depth) {
    Matcher m = ORIGIN.matcher(line);
    Origin origin = Origin.NONE;
    String text = line;
    if (m.matches()) {
      text = m.group(1);
      origin =
          new Origin(
              m.group(2), Integer.parseInt(m.group(3)), Optional.ofNullable(m.group(4)).orElse(""));
    }
    scan(text);
    return switch (tokens.peek()) {
      case "store" -> store(origin);
      case "set" -> set(origin);
      case "range" -> range(origin, depth);
      case "when" -> when(origin, depth);
      case "while" -> loop(origin, depth);
      case "atomic" -> atomic(Optional.empty(), origin);
      case "print" -> {
        tokens.take();
        Term value = terms.term();
        yield new Op.Print(Texts.unquoted(tokens.take()), value, origin);
      }
      case "assert" -> {
        tokens.take();
        Term condition = terms.term();
        yield new Op.Assert(condition, Texts.unquoted(tokens.take()), origin);
      }
      case "assume" -> {
        tokens.take();
        yield new Op.Assume(terms.term(), origin);
      }
      default -> definition(origin);
    };
  }

  private Op store(Origin origin) {
    tokens.expect("store");
    String array = tokens.take();
    List<Term> indices = terms.indices();
    Term value = terms.term();
    return new Op.Store(array, indices, value, terms.optional("mask"), origin);
  }

  private Op set(Origin origin) {
    tokens.expect("set");
    Value cell = terms.defined(tokens.take());
    return new Op.Set(cell, terms.term(), origin);
  }

  private Op range(Origin origin, int depth) {
    tokens.expect("range");
    String name = tokens.take();
    Value index = terms.define(name, Type.scalar(DType.I64));
    tokens.expect("from");
    Term from = terms.term();
    tokens.expect("to");
    Term to = terms.term();
    tokens.expect("step");
    Term step = terms.term();
    tokens.expect("stages");
    int stages = tokens.number();
    return new Op.Range(index, from, to, step, stages, block(depth + 1), origin);
  }

  private Op when(Origin origin, int depth) {
    tokens.expect("when");
    Term condition = terms.term();
    Block then = block(depth + 1);
    Block otherwise = Block.EMPTY;
    if (at < lines.size()
        && lines.get(at).strip().equals("else")
        && depth(lines.get(at)) == depth) {
      at++;
      otherwise = block(depth + 1);
    }
    return new Op.When(condition, then, otherwise, origin);
  }

  private Op loop(Origin origin, int depth) {
    tokens.expect("while");
    Block condition = block(depth + 1);
    if (at == lines.size()) {
      throw tokens.error("the text ends within 'while'");
    }
    scan(lines.get(at++));
    tokens.expect("do");
    Term test = terms.term();
    return new Op.While(condition, test, block(depth + 1), origin);
  }

  // ---- definitions

  private Op definition(Origin origin) {
    List<Value> results = terms.declarations();
    Value result = results.getFirst();
    tokens.expect("=");
    return switch (tokens.peek()) {
      case "load" -> load(result, origin);
      case "dot" -> dot(result, origin);
      case "reduce" -> reduce(result, origin);
      case "quantize" -> quantize(results, origin);
      case "var" -> {
        tokens.take();
        yield new Op.Var(
            result, tokens.isAtEnd() ? Optional.empty() : Optional.of(terms.term()), origin);
      }
      case "get" -> {
        tokens.take();
        Value cell = terms.defined(tokens.take());
        yield new Op.Get(result, cell, tokens.accept("snapshot"), origin);
      }
      case "fold" -> fold(results, origin);
      case "sort" -> sort(result, origin);
      case "histogram" -> histogram(result, origin);
      case "gather" -> gather(result, origin);
      case "concat" -> concat(result, origin);
      case "atomic" -> atomic(Optional.of(result), origin);
      default -> new Op.Map(result, terms.term(), origin);
    };
  }

  private Op load(Value result, Origin origin) {
    tokens.expect("load");
    String array = tokens.take();
    List<Term> indices = terms.indices();
    Optional<Term> mask = terms.optional("mask");
    float other = tokens.accept("other") ? Float.parseFloat(tokens.take()) : 0f;
    return new Op.Load(result, array, indices, mask, other, origin);
  }

  private Op dot(Value result, Origin origin) {
    tokens.expect("dot");
    Term a = terms.term();
    Term b = terms.term();
    Optional<Op.Scales> scales = Optional.empty();
    if (tokens.accept("scales")) {
      Term aScale = terms.term();
      Term bScale = terms.term();
      tokens.expect("block");
      scales = Optional.of(new Op.Scales(aScale, bScale, tokens.number()));
    }
    tokens.expect("acc");
    Term acc = terms.term();
    return new Op.Dot(result, a, b, scales, acc, terms.optional("clear"), origin);
  }

  private Op reduce(Value result, Origin origin) {
    tokens.expect("reduce");
    ReduceOp op = ReduceOp.valueOf(tokens.take().toUpperCase(Locale.ROOT));
    Term x = terms.term();
    return new Op.Reduce(result, op, x, numberAfter("axis"), origin);
  }

  private Op quantize(List<Value> results, Origin origin) {
    tokens.expect("quantize");
    Term x = terms.term();
    BlockFormat format = (BlockFormat) element(tokens.take());
    ScaleRule rule = ScaleRule.valueOf(tokens.take().toUpperCase(Locale.ROOT));
    return new Op.Quantize(results.get(0), results.get(1), x, format, rule, origin);
  }

  private Op fold(List<Value> results, Origin origin) {
    tokens.expect("fold");
    Op.Fold.Kind kind = Op.Fold.Kind.valueOf(tokens.take().toUpperCase(Locale.ROOT));
    int axis = numberAfter("axis");
    boolean reverse = tokens.accept("reverse");
    List<Value> left = parameters();
    List<Value> right = parameters();
    tokens.expect("->");
    List<Term> combined = terms.terms();
    tokens.expect("of");
    List<Term> inputs = terms.terms();
    return new Op.Fold(
        results, inputs, new Op.Combiner(left, right, combined), axis, reverse, kind, origin);
  }

  private List<Value> parameters() {
    tokens.expect("(");
    List<Value> all = terms.declarations();
    tokens.expect(")");
    return all;
  }

  private Op sort(Value result, Origin origin) {
    tokens.expect("sort");
    Term x = terms.term();
    int axis = numberAfter("axis");
    return new Op.Sort(result, x, axis, tokens.accept("descending"), origin);
  }

  private Op histogram(Value result, Origin origin) {
    tokens.expect("histogram");
    Term x = terms.term();
    int bins = numberAfter("bins");
    return new Op.Histogram(result, x, bins, terms.optional("mask"), origin);
  }

  private Op gather(Value result, Origin origin) {
    tokens.expect("gather");
    Term x = terms.term();
    tokens.expect("at");
    Term index = terms.term();
    return new Op.Gather(result, x, index, numberAfter("axis"), origin);
  }

  private Op concat(Value result, Origin origin) {
    tokens.expect("concat");
    List<Term> parts = terms.terms();
    return new Op.Concat(result, parts, numberAfter("dim"), origin);
  }

  private Op atomic(Optional<Value> old, Origin origin) {
    tokens.expect("atomic");
    Op.AtomicOp op = Op.AtomicOp.valueOf(tokens.take().toUpperCase(Locale.ROOT));
    String array = tokens.take();
    List<Term> indices = terms.indices();
    Term value = terms.term();
    Optional<Term> compare = terms.optional("compare");
    return new Op.Atomic(old, op, array, indices, value, compare, terms.optional("mask"), origin);
  }

  // ---- words

  private int numberAfter(String word) {
    tokens.expect(word);
    return tokens.number();
  }

  private static DType dtype(String label) {
    return DType.valueOf(label.toUpperCase(Locale.ROOT));
  }

  private static ElementType element(String label) {
    for (BlockFormat format : FORMATS) {
      if (format.label().equals(label)) {
        return format;
      }
    }
    return dtype(label);
  }

  private void scan(String text) {
    tokens = new Tokens(text, Math.max(1, at));
    terms.read(tokens);
  }
}
