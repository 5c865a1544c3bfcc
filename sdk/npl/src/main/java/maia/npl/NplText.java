package maia.npl;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.base.Origin;
import maia.numerics.BlockFormat;

/// The text form of programs: one declaration or instruction per line, blocks by indentation.
///
/// `parse(print(p))` equals `p`, origins included.
public final class NplText {
  static final List<BlockFormat> FORMATS =
      List.of(
          BlockFormat.MXFP8_E4M3,
          BlockFormat.MXFP8_E5M2,
          BlockFormat.MXFP6_E2M3,
          BlockFormat.MXFP6_E3M2,
          BlockFormat.MXFP4,
          BlockFormat.MXINT8,
          BlockFormat.NVFP4);

  private static final Map<Program.Access, String> ACCESS =
      Map.of(Program.Access.IN, "in", Program.Access.OUT, "out", Program.Access.IN_OUT, "in_out");

  private final StringBuilder out = new StringBuilder();
  private final Names names;

  private NplText(Names names) {
    this.names = names;
  }

  /// The text of `program`.
  public static String print(Program program) {
    var text = new NplText(Names.of(program));
    text.program(program);
    return text.out.toString();
  }

  /// The program a text describes; a mistake is an [NplException] of category `SYNTAX` that names
  /// the line.
  public static Program parse(String text) {
    return new NplParser(text).program();
  }

  /// The text of one instruction without its blocks and origin, as messages and traces show it.
  public static String print(Instr instr, Program program) {
    return head(instr, Names.of(program));
  }

  private void program(Program p) {
    line(0, "program " + Cursor.quote(p.name()) + " " + LaneText.lower(p.placement()), Origin.NONE);
    p.arrays().forEach(a -> line(1, array(a), Origin.NONE));
    p.scalars()
        .forEach(s ->
            line(1, "scalar " + Cursor.quote(s.name()) + ": " + s.type().label(), Origin.NONE));
    p.buffers().forEach(b -> line(1, buffer(b), Origin.NONE));
    p.semaphores().forEach(s -> line(1, semaphore(s), Origin.NONE));
    for (Program.Queue q : p.queues()) {
      line(1, "queue " + queue(q), Origin.NONE);
      block(2, q.body());
    }
  }

  private static String array(Program.ArrayParam a) {
    boolean open = a.shape().isEmpty() && a.rank() >= 0 && a.rank() <= 8;
    String sizes =
        open
            ? Stream.generate(() -> "?").limit(a.rank()).collect(Collectors.joining(", "))
            : join(a.shape());
    String rank = open || a.shape().size() == a.rank() ? "" : " rank " + a.rank();
    return "array %s: %s[%s]%s %s"
        .formatted(Cursor.quote(a.name()), a.type().label(), sizes, rank, ACCESS.get(a.access()));
  }

  private static String buffer(Program.Buffer b) {
    return "buffer %s: %s[%s] %s x%d"
        .formatted(
            Cursor.quote(b.name()),
            b.type().label(),
            join(b.shape()),
            LaneText.lower(b.space()),
            b.slots());
  }

  private static String semaphore(Program.Semaphore s) {
    return "semaphore %s[%d] %s initial %d maximum %d"
        .formatted(
            Cursor.quote(s.name()), s.count(), LaneText.lower(s.scope()), s.initial(), s.maximum());
  }

  private static String queue(Program.Queue q) {
    return LaneText.lower(q.engine()) + " " + q.index();
  }

  private static String join(List<?> sizes) {
    return sizes.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private void line(int depth, String content, Origin origin) {
    out.repeat("  ", depth).append(content);
    if (!origin.equals(Origin.NONE)) {
      out.append("  @ ").append(Cursor.quote(origin.program())).append(':').append(origin.line());
      if (!origin.source().isEmpty()) {
        out.append(" (").append(source(origin.source())).append(')');
      }
    }
    out.append('\n');
  }

  private static String source(String source) {
    boolean plain =
        source.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '(' && c != ')' && c != '"')
            && source.equals(source.strip());
    return plain ? source : Cursor.quoteAlways(source);
  }

  private void block(int depth, List<Instr> body) {
    for (Instr instr : body) {
      line(depth, head(instr, names), instr.origin());
      switch (instr) {
        case Instr.Repeat repeat -> block(depth + 1, repeat.body());
        case Instr.When when -> {
          block(depth + 1, when.then());
          if (!when.otherwise().isEmpty()) {
            line(depth, "else", Origin.NONE);
            block(depth + 1, when.otherwise());
          }
        }
        case Instr.While w -> {
          block(depth + 1, w.condition());
          line(depth, "while " + ExprText.print(w.test()), Origin.NONE);
          block(depth + 1, w.body());
        }
        case Instr.Load _, Instr.Irregular _ -> {}
        case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _ -> {}
        case Instr.Map _, Instr.Reduce _, Instr.Quantize _, Instr.Set _ -> {}
      }
    }
  }

  private static String head(Instr instr, Names names) {
    return switch (instr) {
      case Instr.Wait w -> sync("wait ", w.semaphore(), w.count(), names);
      case Instr.Signal s -> sync("signal ", s.semaphore(), s.count(), names);
      case Instr.Copy c ->
          "copy "
              + PlaceText.print(c.from(), names)
              + " -> "
              + PlaceText.print(c.to(), names)
              + (Float.floatToIntBits(c.fill()) == 0 ? "" : " fill " + LaneText.number(c.fill()));
      case Instr.Mma m ->
          "mma " + regions(names, m.acc(), m.a(), m.b()) + " clear " + ExprText.print(m.clear());
      case Instr.MmaScaled m ->
          "mma_scaled "
              + regions(names, m.acc(), m.a(), m.aScale(), m.b(), m.bScale())
              + " block "
              + m.block()
              + " clear "
              + ExprText.print(m.clear());
      case Instr.Map m ->
          "map " + PlaceText.region(m.out(), names) + " = " + LaneText.print(m.value(), names);
      case Instr.Reduce r ->
          "reduce "
              + PlaceText.region(r.out(), names)
              + " = "
              + LaneText.lower(r.op())
              + " "
              + LaneText.print(r.value(), names)
              + " over ["
              + join(r.extent())
              + "] axis "
              + r.axis();
      case Instr.Quantize q ->
          "quantize "
              + regions(names, q.elements(), q.scales(), q.in())
              + " format "
              + format(q.format())
              + " rule "
              + LaneText.lower(q.rule());
      case Instr.Set s -> "set %" + Cursor.quote(s.register()) + " = " + ExprText.print(s.value());
      case Instr.Repeat r ->
          "repeat %"
              + Cursor.quote(r.variable())
              + " = "
              + ExprText.atom(r.from())
              + " .. "
              + ExprText.atom(r.to())
              + " step "
              + ExprText.atom(r.step());
      case Instr.When w -> "when " + ExprText.print(w.condition());
      case Instr.While _ -> "loop";
      case Instr.Load l ->
          "load %" + Cursor.quote(l.register()) + " = " + PlaceText.region(l.from(), names);
      case Instr.Irregular i -> IrregularText.print(i, names);
    };
  }

  private static String sync(String verb, SemaphoreRef ref, int count, Names names) {
    return verb + PlaceText.semaphore(ref, names) + (count == 1 ? "" : " by " + count);
  }

  private static String regions(Names names, Place.Region... regions) {
    return Stream.of(regions)
        .map(r -> PlaceText.region(r, names))
        .collect(Collectors.joining(", "));
  }

  private static String format(BlockFormat f) {
    if (FORMATS.contains(f)) {
      return f.label();
    }
    return "block(%s, %s, %s, %d, %s)"
        .formatted(
            Cursor.quoteAlways(f.label()),
            f.element().label(),
            f.scale().label(),
            f.block(),
            f.tensorScale() ? "tensor" : "plain");
  }
}
