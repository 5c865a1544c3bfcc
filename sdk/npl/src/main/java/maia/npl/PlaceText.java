package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The text form of [Place] and [SemaphoreRef].
final class PlaceText {
  private PlaceText() {}

  static String print(Place place, Names names) {
    return switch (place) {
      case Place.Region region -> region(region, names);
      case Place.Window window -> window(window, names);
    };
  }

  static String region(Place.Region region, Names names) {
    String prefix = names.isPlainBuffer(region.buffer()) ? "" : "chip ";
    String box = isWhole(region, names) ? "" : "; " + box(region);
    return prefix
        + Cursor.quote(region.buffer())
        + "["
        + ExprText.print(region.slot())
        + box
        + "]"
        + (region.transposed() ? ".T" : "")
        + home(region.home());
  }

  private static boolean isWhole(Place.Region region, Names names) {
    Program.Buffer buffer = names.buffers().get(region.buffer());
    return buffer != null
        && names.isPlainBuffer(region.buffer())
        && region.limits().isEmpty()
        && region.extent().equals(buffer.shape())
        && region.start().size() == region.extent().size()
        && region.start().stream().allMatch(Expr.ZERO::equals);
  }

  private static String box(Place.Region region) {
    if (region.start().size() != region.extent().size()) {
      return region.start().stream().map(ExprText::atom).collect(Collectors.joining(", "))
          + "; "
          + region.extent().stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    var parts = new ArrayList<String>();
    for (int d = 0; d < region.extent().size(); d++) {
      Optional<Expr> limit = region.limits().isEmpty() ? Optional.empty() : region.limits().get(d);
      parts.add(
          ExprText.atom(region.start().get(d))
              + " +: "
              + region.extent().get(d)
              + limit.map(e -> " limit " + ExprText.atom(e)).orElse(""));
    }
    return String.join(", ", parts);
  }

  private static String home(Home home) {
    return switch (home) {
      case Home.Own _ -> "";
      case Home.At(var chip, var cluster, var lane) ->
          " on("
              + ExprText.print(chip)
              + ", "
              + ExprText.print(cluster)
              + ", "
              + ExprText.print(lane)
              + ")";
      case Home.Lanes(var first, var count, var step) ->
          " on lanes("
              + ExprText.print(first)
              + ", "
              + ExprText.print(count)
              + ", "
              + ExprText.print(step)
              + ")";
    };
  }

  private static String window(Place.Window window, Names names) {
    var parts = new ArrayList<String>();
    int next = 0;
    for (Place.Axis axis : window.axes()) {
      parts.add(axis(axis, next));
      next += axis.along() >= 0 ? 1 : 0;
    }
    String prefix = names.isPlainArray(window.array()) ? "" : "hbm ";
    return prefix + Cursor.quote(window.array()) + "[" + String.join(", ", parts) + "]";
  }

  static String axis(Place.Axis axis, int next) {
    boolean single = axis.extent() == 1 && axis.along() == -1;
    var out = new StringBuilder(ExprText.atom(axis.start()));
    if (!single) {
      out.append(" +: ").append(axis.extent());
    }
    if (axis.step() != 1) {
      out.append(" by ").append(axis.step());
    }
    axis.low().ifPresent(low -> out.append(" >= ").append(ExprText.atom(low)));
    axis.high().ifPresent(high -> out.append(" < ").append(ExprText.atom(high)));
    if (!single && axis.along() != next) {
      out.append(" along ").append(axis.along());
    }
    return out.toString();
  }

  static String semaphore(SemaphoreRef ref, Names names) {
    boolean bare =
        ref.index().equals(Expr.ZERO)
            && Integer.valueOf(1).equals(names.families().get(ref.name()));
    return Cursor.quote(ref.name())
        + (bare ? "" : "[" + ExprText.print(ref.index()) + "]")
        + home(ref.home());
  }

  // ---- parsing

  static Place parse(Cursor in, Names names) {
    if (in.accept("hbm")) {
      return parseWindow(in, in.name());
    }
    if (in.accept("chip")) {
      return parseRegion(in, in.name(), names);
    }
    String name = in.name();
    if (names.isPlainArray(name)) {
      return parseWindow(in, name);
    }
    if (names.isPlainBuffer(name)) {
      return parseRegion(in, name, names);
    }
    throw in.error("'%s' is not declared as an array or a buffer".formatted(name));
  }

  static Place.Region parseRegion(Cursor in, Names names) {
    return switch (parse(in, names)) {
      case Place.Region region -> region;
      case Place.Window(var array, _) ->
          throw in.error("'%s' is an array in HBM; a buffer is needed here".formatted(array));
    };
  }

  private static Place.Region parseRegion(Cursor in, String name, Names names) {
    in.expect("[");
    Expr slot = ExprText.parse(in);
    List<Expr> start = new ArrayList<>();
    List<Integer> extent = new ArrayList<>();
    List<Optional<Expr>> limits = new ArrayList<>();
    if (in.accept(";")) {
      parseBox(in, start, extent, limits);
    } else {
      Program.Buffer buffer = names.buffers().get(name);
      if (buffer == null) {
        throw in.expected("';' and a box, since buffer '" + name + "' is not declared");
      }
      extent.addAll(buffer.shape());
      extent.forEach(_ -> start.add(Expr.ZERO));
    }
    in.expect("]");
    boolean transposed = in.accept(".T");
    return new Place.Region(name, parseHome(in), slot, start, extent, limits, transposed);
  }

  private static void parseBox(
      Cursor in, List<Expr> start, List<Integer> extent, List<Optional<Expr>> limits) {
    if (in.sees("]")) {
      return;
    }
    boolean apart = false;
    do {
      if (!in.sees(";")) {
        start.add(ExprText.parseSum(in));
        apart |= in.sees(";") || extent.size() + 1 < start.size();
        if (in.accept("+:")) {
          extent.add(in.smallInteger());
          limits.add(in.accept("limit") ? Optional.of(ExprText.parseSum(in)) : Optional.empty());
        } else {
          apart = true;
        }
      }
    } while (in.accept(","));
    if (in.accept(";")) {
      if (limits.stream().anyMatch(Optional::isPresent)) {
        throw in.error("a box with limits has one start and one size per dimension");
      }
      limits.clear();
      while (!in.sees("]")) {
        extent.add(in.smallInteger());
        if (!in.accept(",")) {
          break;
        }
      }
    } else if (apart) {
      throw in.expected("'+:' and a size");
    }
  }

  private static Home parseHome(Cursor in) {
    if (!in.accept("on")) {
      return Home.OWN;
    }
    boolean several = in.accept("lanes");
    in.expect("(");
    Expr chip = ExprText.parse(in);
    in.expect(",");
    Expr cluster = ExprText.parse(in);
    in.expect(",");
    Expr lane = ExprText.parse(in);
    in.expect(")");
    return several ? new Home.Lanes(chip, cluster, lane) : new Home.At(chip, cluster, lane);
  }

  private static Place.Window parseWindow(Cursor in, String name) {
    in.expect("[");
    List<Place.Axis> axes = new ArrayList<>();
    int next = 0;
    while (!in.sees("]")) {
      Place.Axis axis = parseAxis(in, next);
      next += axis.along() >= 0 ? 1 : 0;
      axes.add(axis);
      if (!in.accept(",")) {
        break;
      }
    }
    in.expect("]");
    return new Place.Window(name, axes);
  }

  static Place.Axis parseAxis(Cursor in, int next) {
    Expr start = ExprText.parseSum(in);
    boolean single = !in.accept("+:");
    int extent = single ? 1 : in.smallInteger();
    long step = in.accept("by") ? in.integer() : 1;
    Optional<Expr> low = in.accept(">=") ? Optional.of(ExprText.parseSum(in)) : Optional.empty();
    Optional<Expr> high = in.accept("<") ? Optional.of(ExprText.parseSum(in)) : Optional.empty();
    int along = in.accept("along") ? in.smallInteger() : single ? -1 : next;
    return new Place.Axis(start, extent, step, low, high, along);
  }

  static SemaphoreRef parseSemaphore(Cursor in) {
    String name = in.name();
    Expr index = Expr.ZERO;
    if (in.accept("[")) {
      index = ExprText.parse(in);
      in.expect("]");
    }
    return new SemaphoreRef(name, index, parseHome(in));
  }
}
