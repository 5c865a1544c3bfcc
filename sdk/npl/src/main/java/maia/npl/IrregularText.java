package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.base.Origin;

/// The text form of [Instr.Irregular] and [Lookup].
final class IrregularText {
  private IrregularText() {}

  static String print(Instr.Irregular instr, Names names) {
    return switch (instr) {
      case Instr.Fold f -> fold(f, names);
      case Instr.Sort s ->
          "sort "
              + PlaceText.region(s.out(), names)
              + " = "
              + LaneText.print(s.value(), names)
              + over(s.extent())
              + " axis "
              + s.axis()
              + (s.descending() ? " descending" : "");
      case Instr.Histogram h ->
          "histogram "
              + PlaceText.region(h.out(), names)
              + " = "
              + LaneText.print(h.value(), names)
              + over(h.extent())
              + h.mask().map(m -> " mask " + LaneText.print(m, names)).orElse("");
      case Instr.Gather g ->
          "gather "
              + lookup(g.from(), names)
              + " -> "
              + PlaceText.region(g.to(), names)
              + (Float.floatToIntBits(g.fill()) == 0 ? "" : " fill " + LaneText.number(g.fill()));
      case Instr.Scatter s ->
          "scatter " + PlaceText.region(s.from(), names) + " -> " + lookup(s.to(), names);
      case Instr.Atomic a ->
          "atomic "
              + LaneText.lower(a.op())
              + " "
              + lookup(a.target(), names)
              + " by "
              + PlaceText.region(a.value(), names)
              + a.compare().map(c -> " compare " + PlaceText.region(c, names)).orElse("")
              + a.old().map(o -> " old " + PlaceText.region(o, names)).orElse("");
      case Instr.Print p ->
          "print "
              + Cursor.quoteAlways(p.label())
              + " "
              + LaneText.print(p.value(), names)
              + over(p.extent());
      case Instr.Assert a ->
          "assert "
              + LaneText.print(a.condition(), names)
              + over(a.extent())
              + " "
              + Cursor.quoteAlways(a.message());
      case Instr.Assume a -> "assume " + LaneText.print(a.condition(), names) + over(a.extent());
    };
  }

  private static String fold(Instr.Fold f, Names names) {
    return "fold "
        + f.outs().stream().map(r -> PlaceText.region(r, names)).collect(Collectors.joining(", "))
        + " = "
        + LaneText.lower(f.kind())
        + lanes(f.values(), names)
        + " by"
        + lanes(f.combine(), names)
        + over(f.extent())
        + " axis "
        + f.axis()
        + (f.reverse() ? " reverse" : "");
  }

  private static String lanes(List<Lane> lanes, Names names) {
    return lanes.stream()
        .map(l -> LaneText.print(l, names))
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static String over(List<Integer> extent) {
    return extent.stream().map(String::valueOf).collect(Collectors.joining(", ", " over [", "]"));
  }

  private static String lookup(Lookup lookup, Names names) {
    var parts = new ArrayList<String>();
    int next = 0;
    for (Lookup.Coordinate c : lookup.at()) {
      switch (c) {
        case Lookup.Run(var axis) -> {
          parts.add(PlaceText.axis(axis, next));
          next += axis.along() >= 0 ? 1 : 0;
        }
        case Lookup.Table(var region) -> parts.add("index " + PlaceText.region(region, names));
      }
    }
    String prefix = names.isPlainArray(lookup.array()) ? "" : "hbm ";
    return prefix
        + Cursor.quote(lookup.array())
        + "["
        + String.join(", ", parts)
        + "]"
        + lookup.mask().map(m -> " mask " + PlaceText.region(m, names)).orElse("");
  }

  // ---- parsing

  /// The irregular instruction that comes next, if one does.
  static Optional<Instr> parse(Cursor in, Names names) {
    if (in.accept("fold")) {
      return Optional.of(parseFold(in, names));
    }
    if (in.accept("sort")) {
      return Optional.of(parseSort(in, names));
    }
    if (in.accept("histogram")) {
      var out = PlaceText.parseRegion(in, names);
      in.expect("=");
      Lane value = LaneText.parse(in, names);
      List<Integer> extent = parseOver(in);
      Optional<Lane> mask =
          in.accept("mask") ? Optional.of(LaneText.parse(in, names)) : Optional.empty();
      return Optional.of(new Instr.Histogram(out, value, mask, extent, end(in)));
    }
    if (in.accept("gather")) {
      Lookup from = parseLookup(in, names);
      in.expect("->");
      var to = PlaceText.parseRegion(in, names);
      float fill = in.accept("fill") ? in.number() : 0f;
      return Optional.of(new Instr.Gather(from, to, fill, end(in)));
    }
    if (in.accept("scatter")) {
      var from = PlaceText.parseRegion(in, names);
      in.expect("->");
      return Optional.of(new Instr.Scatter(from, parseLookup(in, names), end(in)));
    }
    if (in.accept("atomic")) {
      return Optional.of(parseAtomic(in, names));
    }
    return parseChecks(in, names);
  }

  private static Optional<Instr> parseChecks(Cursor in, Names names) {
    if (in.accept("print")) {
      String label = in.name();
      Lane value = LaneText.parse(in, names);
      return Optional.of(new Instr.Print(label, value, parseOver(in), end(in)));
    }
    if (in.accept("assert")) {
      Lane condition = LaneText.parse(in, names);
      List<Integer> extent = parseOver(in);
      return Optional.of(new Instr.Assert(condition, extent, in.name(), end(in)));
    }
    if (in.accept("assume")) {
      Lane condition = LaneText.parse(in, names);
      return Optional.of(new Instr.Assume(condition, parseOver(in), end(in)));
    }
    return Optional.empty();
  }

  private static Instr parseFold(Cursor in, Names names) {
    List<Place.Region> outs = new ArrayList<>();
    while (!in.sees("=")) {
      outs.add(PlaceText.parseRegion(in, names));
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect("=");
    var kind = in.constant(Instr.FoldKind.class);
    List<Lane> values = parseLanes(in, names);
    in.expect("by");
    List<Lane> combine = parseLanes(in, names);
    List<Integer> extent = parseOver(in);
    in.expect("axis");
    int axis = in.smallInteger();
    boolean reverse = in.accept("reverse");
    return new Instr.Fold(outs, values, combine, extent, axis, reverse, kind, end(in));
  }

  private static Instr parseSort(Cursor in, Names names) {
    var out = PlaceText.parseRegion(in, names);
    in.expect("=");
    Lane value = LaneText.parse(in, names);
    List<Integer> extent = parseOver(in);
    in.expect("axis");
    int axis = in.smallInteger();
    boolean descending = in.accept("descending");
    return new Instr.Sort(out, value, extent, axis, descending, end(in));
  }

  private static Instr parseAtomic(Cursor in, Names names) {
    var op = in.constant(Instr.AtomicOp.class);
    Lookup target = parseLookup(in, names);
    in.expect("by");
    var value = PlaceText.parseRegion(in, names);
    Optional<Place.Region> compare = parseOptional(in, "compare", names);
    Optional<Place.Region> old = parseOptional(in, "old", names);
    return new Instr.Atomic(old, op, target, value, compare, end(in));
  }

  private static Optional<Place.Region> parseOptional(Cursor in, String word, Names names) {
    return in.accept(word) ? Optional.of(PlaceText.parseRegion(in, names)) : Optional.empty();
  }

  private static List<Lane> parseLanes(Cursor in, Names names) {
    in.expect("(");
    List<Lane> lanes = new ArrayList<>();
    while (!in.sees(")")) {
      lanes.add(LaneText.parse(in, names));
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect(")");
    return lanes;
  }

  private static List<Integer> parseOver(Cursor in) {
    in.expect("over");
    return NplParser.sizes(in);
  }

  private static Lookup parseLookup(Cursor in, Names names) {
    in.accept("hbm");
    String array = in.name();
    in.expect("[");
    List<Lookup.Coordinate> at = new ArrayList<>();
    int next = 0;
    while (!in.sees("]")) {
      if (in.accept("index")) {
        at.add(new Lookup.Table(PlaceText.parseRegion(in, names)));
      } else {
        Place.Axis axis = PlaceText.parseAxis(in, next);
        next += axis.along() >= 0 ? 1 : 0;
        at.add(new Lookup.Run(axis));
      }
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect("]");
    return new Lookup(array, at, parseOptional(in, "mask", names));
  }

  private static Origin end(Cursor in) {
    Origin origin = in.origin();
    in.end();
    return origin;
  }
}
