package maia.kernel.ir;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.npl.Instr.ReduceOp;
import maia.npl.Lane.UnaryOp;
import maia.npl.Program.Access;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;

/// Reads the text form of a [Func]: one operation per line, nesting by indentation.
final class FuncParser {
  private static final Pattern ORIGIN = Pattern.compile("^(.*) @ (.*):(\\d+)(?: \\((.*)\\))?$");
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*([A-Za-z_%][\\w.%]*|\\d+(?:x\\d+)+|-?\\d+(?:\\.\\d+)?(?:E-?\\d+)?|-Infinity|\\S)");
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
  private final Map<String, Value> values = new HashMap<>();
  private int at;
  private List<String> tokens = List.of();
  private int next;

  FuncParser(String text) {
    lines = text.lines().filter(line -> !line.isBlank()).toList();
  }

  Func func() {
    scan(lines.get(at++));
    expect("func");
    String name = take();
    expect("(");
    List<Func.Param> params = new ArrayList<>();
    while (!accept(")")) {
      params.add(param());
      accept(",");
    }
    Mapping mapping = accept("mapping") ? mapping() : Mapping.AUTO;
    return new Func(name, params, block(1), mapping);
  }

  private Mapping mapping() {
    Mapping.Path path = Mapping.Path.valueOf(take().toUpperCase(Locale.ROOT));
    if (next == tokens.size()) {
      return new Mapping(path, 0, 0);
    }
    String[] lanes = take().split("x");
    return new Mapping(path, Integer.parseInt(lanes[0]), Integer.parseInt(lanes[1]));
  }

  private Func.Param param() {
    String name = take();
    expect(":");
    String word = take();
    Optional<Access> access =
        Stream.of(Access.values()).filter(a -> a.name().equalsIgnoreCase(word)).findFirst();
    if (access.isEmpty()) {
      return new Func.ScalarParam(name, dtype(word));
    }
    ElementType type = element(take());
    int rank = 0;
    expect("[");
    while (!accept("]")) {
      rank += take().equals("?") ? 1 : 0;
    }
    return new Func.ArrayParam(name, type, access.get(), rank);
  }

  private Block block(int depth) {
    List<Op> ops = new ArrayList<>();
    while (at < lines.size() && depth(lines.get(at)) == depth && !isElse(lines.get(at))) {
      ops.add(op(lines.get(at++), depth));
    }
    return new Block(ops);
  }

  private static int depth(String line) {
    return (line.length() - line.stripLeading().length()) / 2;
  }

  private static boolean isElse(String line) {
    return line.strip().equals("else");
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
    return switch (peek()) {
      case "store" -> store(origin);
      case "set" -> set(origin);
      case "range" -> range(origin, depth);
      case "when" -> when(origin, depth);
      default -> definition(origin);
    };
  }

  private Op store(Origin origin) {
    expect("store");
    String array = take();
    List<Term> indices = indices();
    Term value = term();
    return new Op.Store(array, indices, value, optional("mask"), origin);
  }

  private Op set(Origin origin) {
    expect("set");
    Value cell = defined(take());
    return new Op.Set(cell, term(), origin);
  }

  private Op range(Origin origin, int depth) {
    expect("range");
    String name = take();
    Value index = define(name, Type.scalar(DType.I64));
    expect("from");
    Term from = term();
    expect("to");
    Term to = term();
    expect("step");
    Term step = term();
    expect("stages");
    int stages = Integer.parseInt(take());
    return new Op.Range(index, from, to, step, stages, block(depth + 1), origin);
  }

  private Op when(Origin origin, int depth) {
    expect("when");
    Term condition = term();
    Block then = block(depth + 1);
    Block otherwise = Block.EMPTY;
    if (at < lines.size() && isElse(lines.get(at)) && depth(lines.get(at)) == depth) {
      at++;
      otherwise = block(depth + 1);
    }
    return new Op.When(condition, then, otherwise, origin);
  }

  private Op definition(Origin origin) {
    Value result = declared();
    if (accept(",")) {
      Value scales = declared();
      expect("=");
      expect("quantize");
      Term x = term();
      BlockFormat format = (BlockFormat) element(take());
      return new Op.Quantize(
          result, scales, x, format, ScaleRule.valueOf(take().toUpperCase(Locale.ROOT)), origin);
    }
    expect("=");
    return switch (peek()) {
      case "load" -> {
        take();
        String array = take();
        List<Term> indices = indices();
        Optional<Term> mask = optional("mask");
        float other = accept("other") ? Float.parseFloat(take()) : 0f;
        yield new Op.Load(result, array, indices, mask, other, origin);
      }
      case "dot" -> dot(result, origin);
      case "reduce" -> {
        take();
        ReduceOp op = ReduceOp.valueOf(take().toUpperCase(Locale.ROOT));
        Term x = term();
        expect("axis");
        yield new Op.Reduce(result, op, x, Integer.parseInt(take()), origin);
      }
      case "var" -> {
        take();
        yield new Op.Var(
            result, next < tokens.size() ? Optional.of(term()) : Optional.empty(), origin);
      }
      case "get" -> {
        take();
        Value cell = defined(take());
        yield new Op.Get(result, cell, accept("snapshot"), origin);
      }
      default -> new Op.Map(result, term(), origin);
    };
  }

  private Op dot(Value result, Origin origin) {
    expect("dot");
    Term a = term();
    Term b = term();
    Optional<Op.Scales> scales = Optional.empty();
    if (accept("scales")) {
      Term aScale = term();
      Term bScale = term();
      expect("block");
      scales = Optional.of(new Op.Scales(aScale, bScale, Integer.parseInt(take())));
    }
    expect("acc");
    Term acc = term();
    return new Op.Dot(result, a, b, scales, acc, optional("clear"), origin);
  }

  private Value declared() {
    String name = take();
    expect(":");
    return define(name, type());
  }

  private Type type() {
    DType dtype = dtype(take());
    if (!accept("[")) {
      return Type.scalar(dtype);
    }
    Type type = new Type(dtype, Type.parseSizes(take()));
    expect("]");
    return type;
  }

  private Value define(String name, Type type) {
    Value value = new Value(Integer.parseInt(name.substring(1)), type);
    values.put(name, value);
    return value;
  }

  private List<Term> indices() {
    expect("[");
    List<Term> indices = new ArrayList<>();
    while (!accept("]")) {
      indices.add(term());
      accept(",");
    }
    return indices;
  }

  private Optional<Term> optional(String word) {
    return accept(word) ? Optional.of(term()) : Optional.empty();
  }

  private Value defined(String word) {
    Value value = values.get(word);
    if (value == null) {
      throw error("no value '" + word + "' is defined above");
    }
    return value;
  }

  private Term term() {
    String word = take();
    if (word.startsWith("%")) {
      return new Term.Ref(defined(word));
    }
    if (accept(":")) {
      DType dtype = dtype(take());
      return dtype.isFloat()
          ? new Term.Real(Float.parseFloat(word), dtype)
          : new Term.Int(Long.parseLong(word), dtype);
    }
    expect("(");
    Term term = call(word);
    expect(")");
    return term;
  }

  private Term call(String word) {
    return switch (word) {
      case "iota" -> new Term.Iota(Integer.parseInt(take()));
      case "program_id" -> new Term.ProgramId(Integer.parseInt(take()));
      case "num_programs" -> new Term.NumPrograms(Integer.parseInt(take()));
      case "size" -> new Term.Size(take(), Integer.parseInt(afterComma()));
      case "scalar" -> new Term.Scalar(take(), dtype(afterComma()));
      case "cast" -> new Term.Cast(dtype(take()), nextTerm());
      case "unsqueeze" -> new Term.Unsqueeze(Integer.parseInt(take()), nextTerm());
      case "broadcast" -> new Term.Broadcast(Type.parseSizes(take()), nextTerm());
      case "transpose" -> new Term.Transpose(term());
      case "fma" -> new Term.Fma(term(), nextTerm(), nextTerm());
      case "select" -> new Term.Select(term(), nextTerm(), nextTerm());
      default -> operator(word);
    };
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
    throw error("unknown operation '" + word + "'");
  }

  private Term nextTerm() {
    expect(",");
    return term();
  }

  private String afterComma() {
    expect(",");
    return take();
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
    List<String> found = new ArrayList<>();
    Matcher m = TOKEN.matcher(text.strip());
    while (m.find()) {
      found.add(m.group(1));
    }
    tokens = found;
    next = 0;
  }

  private String peek() {
    return next < tokens.size() ? tokens.get(next) : "";
  }

  private String take() {
    if (next >= tokens.size()) {
      throw error("the line ends too early");
    }
    return tokens.get(next++);
  }

  private boolean accept(String token) {
    boolean here = peek().equals(token);
    next += here ? 1 : 0;
    return here;
  }

  private void expect(String token) {
    if (!accept(token)) {
      throw error("expected '" + token + "' but found '" + peek() + "'");
    }
  }

  private KernelException error(String message) {
    return new KernelException(
        "line %d of the text: %s".formatted(Math.max(1, at), message), Origin.NONE);
  }
}
