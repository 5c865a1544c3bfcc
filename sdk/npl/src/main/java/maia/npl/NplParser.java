package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.base.Origin;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// Reads the text form of a program, line by line.
final class NplParser {
  private record Line(int number, int indent, String content) {}

  private final List<Line> lines = new ArrayList<>();
  private final Names names = Names.empty();
  private int next;

  NplParser(String text) {
    int number = 0;
    for (String raw : text.split("\n", -1)) {
      number++;
      String content = raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw;
      String stripped = content.stripLeading();
      if (!stripped.isBlank() && !stripped.startsWith("#")) {
        lines.add(new Line(number, content.length() - stripped.length(), stripped));
      }
    }
  }

  Program program() {
    if (lines.isEmpty()) {
      throw new Cursor("", 1).expected("'program'");
    }
    Cursor in = cursor(lines.get(next++));
    in.expect("program");
    String name = in.name();
    var placement = in.constant(Program.Placement.class);
    in.end();
    List<Program.ArrayParam> arrays = new ArrayList<>();
    List<Program.ScalarParam> scalars = new ArrayList<>();
    List<Program.Buffer> buffers = new ArrayList<>();
    List<Program.Semaphore> semaphores = new ArrayList<>();
    List<Program.Queue> queues = new ArrayList<>();
    while (next < lines.size()) {
      Line line = lines.get(next++);
      in = cursor(line);
      if (in.accept("array")) {
        arrays.add(array(in));
      } else if (in.accept("scalar")) {
        String scalar = in.name();
        in.expect(":");
        scalars.add(new Program.ScalarParam(scalar, in.type()));
      } else if (in.accept("buffer")) {
        buffers.add(buffer(in));
      } else if (in.accept("semaphore")) {
        semaphores.add(semaphore(in));
      } else if (in.accept("queue")) {
        queues.add(queue(in, line.indent()));
        continue;
      } else {
        throw in.expected("'array', 'scalar', 'buffer', 'semaphore' or 'queue'");
      }
      in.end();
    }
    return new Program(name, arrays, scalars, buffers, semaphores, queues, placement);
  }

  private static Cursor cursor(Line line) {
    return new Cursor(line.content(), line.number());
  }

  private Program.ArrayParam array(Cursor in) {
    String name = in.name();
    in.expect(":");
    var type = in.type();
    in.expect("[");
    int open = 0;
    List<Long> shape = new ArrayList<>();
    while (!in.sees("]")) {
      if (in.accept("?")) {
        open++;
      } else {
        shape.add(in.integer());
      }
      if (!in.accept(",")) {
        break;
      }
    }
    if (open > 0 && !shape.isEmpty()) {
      throw in.error("an array has all its sizes or none: '?' cannot stand beside a size");
    }
    in.expect("]");
    int rank = in.accept("rank") ? in.smallInteger() : open + shape.size();
    names.arrays().add(name);
    return new Program.ArrayParam(name, type, in.constant(Program.Access.class), rank, shape);
  }

  private Program.Buffer buffer(Cursor in) {
    String name = in.name();
    in.expect(":");
    var type = in.type();
    List<Integer> shape = sizes(in);
    Space space = in.constant(Space.class);
    if (in.peek() != 'x') {
      throw in.expected("'x' and the number of slots");
    }
    String slots = in.name().substring(1);
    int number = slots.isEmpty() ? in.smallInteger() : digits(in, slots);
    var buffer = new Program.Buffer(name, space, type, number, shape);
    names.buffers().putIfAbsent(name, buffer);
    return buffer;
  }

  private static int digits(Cursor in, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw in.error("expected a number of slots behind 'x', was '%s'".formatted(text));
    }
  }

  static List<Integer> sizes(Cursor in) {
    in.expect("[");
    List<Integer> sizes = new ArrayList<>();
    while (!in.sees("]")) {
      sizes.add(in.smallInteger());
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect("]");
    return sizes;
  }

  private Program.Semaphore semaphore(Cursor in) {
    String name = in.name();
    in.expect("[");
    int count = in.smallInteger();
    in.expect("]");
    var scope = in.constant(Program.Scope.class);
    in.expect("initial");
    int initial = in.smallInteger();
    in.expect("maximum");
    int maximum = in.smallInteger();
    names.families().putIfAbsent(name, count);
    return new Program.Semaphore(name, scope, count, initial, maximum);
  }

  private Program.Queue queue(Cursor in, int indent) {
    Engine engine = in.constant(Engine.class);
    int index = in.atEnd() ? 0 : in.smallInteger();
    in.end();
    return new Program.Queue(engine, index, block(indent, 0));
  }

  /// The following lines that are indented deeper than `indent`.
  private List<Instr> block(int indent, int depth) {
    List<Instr> body = new ArrayList<>();
    int own = -1;
    while (next < lines.size() && lines.get(next).indent() > indent) {
      Line line = lines.get(next++);
      Cursor in = cursor(line);
      if (own < 0) {
        own = line.indent();
      }
      if (line.indent() != own) {
        throw in.error("indented by %d, but its block by %d spaces".formatted(line.indent(), own));
      }
      if (depth > Cursor.MAX_DEPTH) {
        throw in.error("blocks nest deeper than %d levels".formatted(Cursor.MAX_DEPTH));
      }
      body.add(instr(in, own, depth));
    }
    return body;
  }

  private Instr instr(Cursor in, int indent, int depth) {
    if (in.accept("wait")) {
      var ref = PlaceText.parseSemaphore(in);
      return new Instr.Wait(ref, count(in), end(in));
    }
    if (in.accept("signal")) {
      var ref = PlaceText.parseSemaphore(in);
      return new Instr.Signal(ref, count(in), end(in));
    }
    if (in.accept("copy")) {
      return copy(in);
    }
    if (in.accept("mma")) {
      var r = regions(in, 3);
      return new Instr.Mma(r.get(0), r.get(1), r.get(2), clear(in), end(in));
    }
    if (in.accept("mma_scaled")) {
      var r = regions(in, 5);
      in.expect("block");
      int block = in.smallInteger();
      return new Instr.MmaScaled(
          r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), block, clear(in), end(in));
    }
    if (in.accept("map")) {
      var out = PlaceText.parseRegion(in, names);
      in.expect("=");
      return new Instr.Map(out, LaneText.parse(in, names), end(in));
    }
    if (in.accept("reduce")) {
      return reduce(in);
    }
    if (in.accept("quantize")) {
      return quantize(in);
    }
    return control(in, indent, depth);
  }

  private static int count(Cursor in) {
    return in.accept("by") ? in.smallInteger() : 1;
  }

  private static Expr clear(Cursor in) {
    in.expect("clear");
    return ExprText.parse(in);
  }

  private static Origin end(Cursor in) {
    Origin origin = in.origin();
    in.end();
    return origin;
  }

  private List<Place.Region> regions(Cursor in, int count) {
    List<Place.Region> regions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        in.expect(",");
      }
      regions.add(PlaceText.parseRegion(in, names));
    }
    return regions;
  }

  private Instr copy(Cursor in) {
    Place from = PlaceText.parse(in, names);
    in.expect("->");
    Place to = PlaceText.parse(in, names);
    float fill = in.accept("fill") ? in.number() : 0f;
    return new Instr.Copy(from, to, fill, end(in));
  }

  private Instr reduce(Cursor in) {
    var out = PlaceText.parseRegion(in, names);
    in.expect("=");
    var op = in.constant(Instr.ReduceOp.class);
    Lane value = LaneText.parse(in, names);
    in.expect("over");
    List<Integer> extent = sizes(in);
    in.expect("axis");
    int axis = in.smallInteger();
    return new Instr.Reduce(out, op, value, extent, axis, end(in));
  }

  private Instr quantize(Cursor in) {
    var r = regions(in, 3);
    in.expect("format");
    BlockFormat format = format(in);
    in.expect("rule");
    ScaleRule rule = in.constant(ScaleRule.class);
    return new Instr.Quantize(r.get(0), r.get(1), r.get(2), format, rule, end(in));
  }

  private static BlockFormat format(Cursor in) {
    String label = in.name();
    if (!label.equals("block") || !in.accept("(")) {
      return NplText.FORMATS.stream()
          .filter(f -> f.label().equals(label))
          .findFirst()
          .orElseThrow(() -> in.error("unknown block format '%s'".formatted(label)));
    }
    String own = in.name();
    in.expect(",");
    var element = in.type();
    in.expect(",");
    var scale = in.type();
    in.expect(",");
    int block = in.smallInteger();
    if (block <= 0) {
      throw in.error("a block needs at least one element, was %d".formatted(block));
    }
    in.expect(",");
    boolean tensor = in.accept("tensor");
    if (!tensor) {
      in.expect("plain");
    }
    in.expect(")");
    return new BlockFormat(own, element, scale, block, tensor);
  }

  private Instr control(Cursor in, int indent, int depth) {
    Optional<Instr> irregular = IrregularText.parse(in, names);
    if (irregular.isPresent()) {
      return irregular.get();
    }
    if (in.accept("load")) {
      String register = register(in);
      return new Instr.Load(register, PlaceText.parseRegion(in, names), end(in));
    }
    if (in.accept("loop")) {
      return loop(end(in), in, indent, depth);
    }
    if (in.accept("set")) {
      String register = register(in);
      return new Instr.Set(register, ExprText.parse(in), end(in));
    }
    if (in.accept("repeat")) {
      String variable = register(in);
      Expr from = ExprText.parseSum(in);
      in.expect("..");
      Expr to = ExprText.parseSum(in);
      Expr step = in.accept("step") ? ExprText.parseSum(in) : Expr.ONE;
      Origin origin = end(in);
      return new Instr.Repeat(variable, from, to, step, block(indent, depth + 1), origin);
    }
    if (in.accept("when")) {
      Expr condition = ExprText.parse(in);
      Origin origin = end(in);
      List<Instr> then = block(indent, depth + 1);
      return new Instr.When(condition, then, otherwise(indent, depth), origin);
    }
    throw in.expected("an instruction");
  }

  private Instr loop(Origin origin, Cursor at, int indent, int depth) {
    List<Instr> condition = block(indent, depth + 1);
    if (next >= lines.size() || lines.get(next).indent() != indent) {
      throw at.error("a loop needs a line 'while' with its test behind the condition");
    }
    Cursor in = cursor(lines.get(next++));
    in.expect("while");
    Expr test = ExprText.parse(in);
    in.end();
    return new Instr.While(condition, test, block(indent, depth + 1), origin);
  }

  private static String register(Cursor in) {
    in.expect("%");
    String name = in.name();
    in.expect("=");
    return name;
  }

  private List<Instr> otherwise(int indent, int depth) {
    boolean present =
        next < lines.size()
            && lines.get(next).indent() == indent
            && lines.get(next).content().strip().equals("else");
    if (!present) {
      return List.of();
    }
    next++;
    return block(indent, depth + 1);
  }
}
