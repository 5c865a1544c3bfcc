package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import maia.base.Origin;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// Random program records: well-formed as data, not as programs.
final class RandomProgram {
  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "x",
          "hbm",
          "chip",
          "nan",
          "inf",
          "",
          "odd name",
          "q\"uote",
          "back\\",
          "é\n\t",
          "0first",
          "a.b",
          "min",
          "index",
          "exp",
          "T",
          "@",
          "-",
          "on",
          "by",
          "\ud800",
          "else");
  private final SplittableRandom random;

  RandomProgram(SplittableRandom random) {
    this.random = random;
  }

  Program program() {
    return new Program(
        name(),
        list(
            3,
            () -> {
              List<Long> shape = list(3, () -> random.nextLong(1, 9000));
              int rank =
                  random.nextInt(4) == 0
                      ? random.nextInt(-1, 10)
                      : shape.isEmpty() ? 2 : shape.size();
              return new Program.ArrayParam(
                  name(), type(), pick(Program.Access.values()), rank, shape);
            }),
        list(2, () -> new Program.ScalarParam(name(), type())),
        list(
            3,
            () ->
                new Program.Buffer(
                    name(), pick(Space.values()), type(), random.nextInt(4), sizes())),
        list(
            3,
            () ->
                new Program.Semaphore(
                    name(),
                    pick(Program.Scope.values()),
                    random.nextInt(1, 3),
                    random.nextInt(3),
                    random.nextInt())),
        list(4, () -> new Program.Queue(pick(Engine.values()), random.nextInt(3), body(3))),
        pick(Program.Placement.values()));
  }

  private <T> List<T> list(int most, Supplier<T> item) {
    var items = new ArrayList<T>();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      items.add(item.get());
    }
    return items;
  }

  @SafeVarargs
  private <T> T pick(T... values) {
    return values[random.nextInt(values.length)];
  }

  private String name() {
    return NAMES.get(random.nextInt(NAMES.size()));
  }

  private DType type() {
    return pick(DType.values());
  }

  private List<Integer> sizes() {
    return list(3, () -> random.nextInt(1, 300));
  }

  private float number() {
    return pick(
        0f,
        -0f,
        1f,
        -1.5e-30f,
        Float.NaN,
        Float.NEGATIVE_INFINITY,
        Float.POSITIVE_INFINITY,
        Float.MIN_VALUE,
        Float.intBitsToFloat(random.nextInt() & 0xff7fffff));
  }

  private Origin origin() {
    return random.nextBoolean()
        ? Origin.NONE
        : new Origin(
            name(), random.nextInt(50), pick("", "A.java:3", "cell 3:7", " a", "b)(", name()));
  }

  private Expr expr(int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> new Expr.Const(pick(0L, 1L, -1L, Long.MIN_VALUE, random.nextLong()));
      case 1 -> new Expr.Reg(name());
      case 2 -> new Expr.Size(name(), random.nextInt(-1, 4));
      case 3 -> new Expr.Scalar(name());
      default -> new Expr.Binary(pick(Expr.Operator.values()), expr(depth - 1), expr(depth - 1));
    };
  }

  private Home home() {
    return switch (random.nextInt(8)) {
      case 0 -> new Home.At(expr(1), expr(1), expr(1));
      case 1 -> new Home.Lanes(expr(1), expr(1), expr(1));
      default -> Home.OWN;
    };
  }

  private SemaphoreRef semaphore() {
    return new SemaphoreRef(name(), expr(2), home());
  }

  private Place.Region region() {
    int rank = random.nextInt(4);
    var start = new ArrayList<Expr>();
    var extent = new ArrayList<Integer>();
    for (int d = 0; d < rank; d++) {
      start.add(random.nextBoolean() ? Expr.ZERO : expr(1));
      extent.add(random.nextInt(1, 300));
    }
    var limits = new ArrayList<Optional<Expr>>();
    extent.forEach(_ -> limits.add(bound()));
    var limit = random.nextBoolean() ? limits : List.<Optional<Expr>>of();
    return new Place.Region(name(), home(), expr(2), start, extent, limit, random.nextBoolean());
  }

  private Place window() {
    return new Place.Window(name(), list(3, this::axis));
  }

  private Optional<Expr> bound() {
    return random.nextBoolean() ? Optional.empty() : Optional.of(expr(1));
  }

  private Place place() {
    return random.nextBoolean() ? region() : window();
  }

  private Lane lane(int depth) {
    return switch (random.nextInt(depth > 0 ? 15 : 6)) {
      case 0 -> new Lane.In(region());
      case 1 -> new Lane.Const(number());
      case 2 -> new Lane.Index(expr(2));
      case 3 -> new Lane.Scalar(name());
      case 4 -> new Lane.Iota(random.nextInt(3));
      case 5 -> new Lane.Param(pick(Lane.Side.values()), random.nextInt(4), type());
      case 10 ->
          new Lane.Cast(
              type(),
              pick(
                  Rounding.NEAREST_AWAY,
                  Rounding.TOWARD_ZERO,
                  Rounding.NEAREST_EVEN,
                  Rounding.stochastic(random.nextLong())),
              pick(Overflow.values()),
              lane(depth - 1));
      case 11 -> new Lane.Bitcast(type(), type(), lane(depth - 1));
      case 12 -> new Lane.Pick(region(), list(3, () -> lane(depth - 1)));
      case 13 -> new Lane.Philox(lane(depth - 1), lane(depth - 1), random.nextInt(4));
      case 9 -> new Lane.Unary(pick(Lane.UnaryOp.values()), lane(depth - 1));
      case 6 -> new Lane.Binary(pick(Lane.BinaryOp.values()), lane(depth - 1), lane(depth - 1));
      case 7 -> new Lane.Fma(lane(depth - 1), lane(depth - 1), lane(depth - 1));
      case 8 -> new Lane.Select(lane(depth - 1), lane(depth - 1), lane(depth - 1));
      default -> new Lane.Cast(type(), lane(depth - 1));
    };
  }

  private List<Instr> body(int depth) {
    return list(4, () -> instr(depth));
  }

  private Instr instr(int depth) {
    return switch (random.nextInt(depth > 0 ? 22 : 18)) {
      case 0 -> new Instr.Wait(semaphore(), random.nextInt(1, 3), origin());
      case 1 -> new Instr.Signal(semaphore(), random.nextInt(1, 3), origin());
      case 2 -> new Instr.Copy(place(), place(), number(), origin());
      case 3 -> new Instr.Mma(region(), region(), region(), expr(2), origin());
      case 4 ->
          new Instr.MmaScaled(
              region(), region(), region(), region(), region(), 32, expr(1), origin());
      case 5 -> new Instr.Map(region(), lane(4), origin());
      case 6 ->
          new Instr.Reduce(
              region(),
              pick(Instr.ReduceOp.values()),
              lane(2),
              sizes(),
              random.nextInt(3),
              origin());
      case 7 ->
          new Instr.Quantize(
              region(), region(), region(), format(), pick(ScaleRule.values()), origin());
      case 8 -> new Instr.Set(name(), expr(3), origin());
      case 9, 10, 11, 12, 13, 14, 15, 16 -> irregular();
      case 17 -> new Instr.Load(name(), region(), origin());
      case 18 -> new Instr.While(body(depth - 1), expr(2), body(depth - 1), origin());
      case 19 -> new Instr.Repeat(name(), expr(2), expr(2), expr(2), body(depth - 1), origin());
      default -> new Instr.When(expr(2), body(depth - 1), body(depth - 1), origin());
    };
  }

  private Instr irregular() {
    return switch (random.nextInt(9)) {
      case 0 ->
          new Instr.Fold(
              list(3, this::region),
              list(3, () -> lane(2)),
              list(3, () -> lane(2)),
              sizes(),
              random.nextInt(3),
              random.nextBoolean(),
              pick(Instr.FoldKind.values()),
              origin());
      case 1 ->
          new Instr.Sort(
              region(), lane(2), sizes(), random.nextInt(3), random.nextBoolean(), origin());
      case 2 -> new Instr.Histogram(region(), lane(2), maybe(() -> lane(1)), sizes(), origin());
      case 3 -> new Instr.Gather(lookup(), region(), number(), origin());
      case 4 -> new Instr.Scatter(region(), lookup(), origin());
      case 5 ->
          new Instr.Atomic(
              maybe(this::region),
              pick(Instr.AtomicOp.values()),
              lookup(),
              region(),
              maybe(this::region),
              origin());
      case 6 -> new Instr.Print(name(), lane(2), sizes(), origin());
      case 7 -> new Instr.Assert(lane(2), sizes(), name(), origin());
      default -> new Instr.Assume(lane(2), sizes(), origin());
    };
  }

  private <T> Optional<T> maybe(Supplier<T> item) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(item.get());
  }

  private Lookup lookup() {
    return new Lookup(name(), list(3, this::coordinate), maybe(this::region));
  }

  private Lookup.Coordinate coordinate() {
    return random.nextBoolean() ? new Lookup.Table(region()) : new Lookup.Run(axis());
  }

  private Place.Axis axis() {
    return new Place.Axis(
        expr(2), random.nextInt(1, 4), pick(1L, 2L, -3L), bound(), bound(), random.nextInt(-1, 3));
  }

  private BlockFormat format() {
    return random.nextBoolean()
        ? pick(BlockFormat.MXFP4, BlockFormat.NVFP4, BlockFormat.MXFP8_E4M3)
        : new BlockFormat(name(), type(), type(), random.nextInt(1, 64), random.nextBoolean());
  }
}
