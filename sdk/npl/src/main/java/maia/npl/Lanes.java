package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import maia.base.Origin;
import maia.machine.VectorUnit;
import maia.numerics.DType;

/// Types, regions and prices of [Lane] expressions.
public final class Lanes {
  /// What a lane holds.
  public enum Kind {
    /// binary32.
    FLOAT,
    /// A signed integer.
    INT,
    /// A truth value.
    BOOL;

    /// What lanes of a buffer of `type` hold.
    public static Kind of(DType type) {
      return type.isFloat() ? FLOAT : type == DType.BOOL ? BOOL : INT;
    }
  }

  /// Ten rounds of four half products, four exclusive ors and two additions.
  private static final int PHILOX_OPERATIONS = 100;

  private Lanes() {}

  /// The kind of `lane`; `types` gives the element type of a buffer. Mixed kinds are refused.
  public static Kind kind(Lane lane, Function<String, DType> types, Origin origin) {
    return switch (lane) {
      case Lane.In(var region) -> Kind.of(types.apply(region.buffer()));
      case Lane.Const _, Lane.Scalar _ -> Kind.FLOAT;
      case Lane.Index _, Lane.Iota _ -> Kind.INT;
      case Lane.Unary(var op, var x) -> unary(op, kind(x, types, origin), origin);
      case Lane.Binary(var op, var x, var y) ->
          binary(op, kind(x, types, origin), kind(y, types, origin), origin);
      case Lane.Fma(var x, var y, var z) -> {
        same("fma", Kind.FLOAT, kind(x, types, origin), origin);
        same("fma", Kind.FLOAT, kind(y, types, origin), origin);
        yield same("fma", Kind.FLOAT, kind(z, types, origin), origin);
      }
      case Lane.Select(var c, var x, var y) -> {
        same("select: the condition", Kind.BOOL, kind(c, types, origin), origin);
        yield same("select", kind(x, types, origin), kind(y, types, origin), origin);
      }
      case Lane.Cast(var type, _, _, var x) -> {
        kind(x, types, origin);
        yield Kind.of(type);
      }
      case Lane.Bitcast(var from, var to, var x) -> bitcast(from, to, x, types, origin);
      case Lane.Pick(var region, var index) -> {
        for (Lane i : index) {
          same("pick: an index", Kind.INT, kind(i, types, origin), origin);
        }
        yield Kind.of(types.apply(region.buffer()));
      }
      case Lane.Philox(var seed, var offset, int word) -> {
        if (word < 0 || word > 3) {
          throw type("philox: a block has the words 0 to 3, was %d".formatted(word), origin);
        }
        same("philox: the seed", Kind.INT, kind(seed, types, origin), origin);
        yield same("philox: the offset", Kind.INT, kind(offset, types, origin), origin);
      }
      case Lane.Param(_, _, var type) -> Kind.of(type);
    };
  }

  private static Kind bitcast(
      DType from, DType to, Lane x, Function<String, DType> types, Origin origin) {
    if (from.bits() != to.bits() || from == DType.BOOL || to == DType.BOOL) {
      throw type(
          "bitcast: %s has %d bits, %s has %d; choose a type of the same width"
              .formatted(from.label(), from.bits(), to.label(), to.bits()),
          origin);
    }
    same("bitcast from " + from.label(), Kind.of(from), kind(x, types, origin), origin);
    return Kind.of(to);
  }

  private static Kind unary(Lane.UnaryOp op, Kind x, Origin origin) {
    return switch (op) {
      case NOT -> same("not", Kind.BOOL, x, origin);
      case NEG, ABS -> {
        refuseBool(LaneText.lower(op), x, origin);
        yield x;
      }
      case EXP, EXP2, LOG, LOG2, SQRT, RSQRT, RECIPROCAL, TANH, ERF, SIN, COS, SIGMOID -> {
        yield same(LaneText.lower(op), Kind.FLOAT, x, origin);
      }
      case FLOOR, CEIL -> same(LaneText.lower(op), Kind.FLOAT, x, origin);
    };
  }

  private static Kind binary(Lane.BinaryOp op, Kind x, Kind y, Origin origin) {
    String name = LaneText.lower(op);
    same(name, x, y, origin);
    return switch (op) {
      case ADD, SUB, MUL, DIV, REM, MIN, MAX -> {
        refuseBool(name, x, origin);
        yield x;
      }
      case LT, LE, GT, GE -> {
        refuseBool(name, x, origin);
        yield Kind.BOOL;
      }
      case EQ, NE -> Kind.BOOL;
      case AND, OR, XOR -> {
        if (x == Kind.FLOAT) {
          throw type(name + ": takes integers or truth values, was float; cast it first", origin);
        }
        yield x;
      }
      case SHL, SHR, USHR, UMULHI -> same(name, Kind.INT, x, origin);
    };
  }

  private static void refuseBool(String what, Kind x, Origin origin) {
    if (x == Kind.BOOL) {
      throw type(what + ": takes numbers, was a truth value; use select", origin);
    }
  }

  private static Kind same(String what, Kind wanted, Kind found, Origin origin) {
    if (wanted != found) {
      throw type(
          "%s: kinds differ: %s against %s; cast one of them"
              .formatted(what, LaneText.lower(wanted), LaneText.lower(found)),
          origin);
    }
    return found;
  }

  private static NplException type(String message, Origin origin) {
    return new NplException(NplException.Category.TYPE, message, origin);
  }

  /// Operations per lane on `unit`.
  public static int flops(Lane lane, VectorUnit unit) {
    return switch (lane) {
      case Lane.In _, Lane.Const _, Lane.Index _, Lane.Scalar _, Lane.Iota _ -> 0;
      case Lane.Unary(var op, var x) -> flops(op, unit) + flops(x, unit);
      case Lane.Binary(var op, var x, var y) ->
          (op == Lane.BinaryOp.DIV || op == Lane.BinaryOp.REM ? unit.transcendentalFlops() : 1)
              + flops(x, unit)
              + flops(y, unit);
      case Lane.Fma(var x, var y, var z) -> 2 + flops(x, unit) + flops(y, unit) + flops(z, unit);
      case Lane.Select(var c, var x, var y) -> 1 + flops(c, unit) + flops(x, unit) + flops(y, unit);
      case Lane.Cast(_, _, _, var x) -> 1 + flops(x, unit);
      case Lane.Bitcast(_, _, var x) -> flops(x, unit);
      case Lane.Pick(_, var index) -> index.stream().mapToInt(i -> flops(i, unit)).sum();
      case Lane.Philox(var seed, var offset, _) ->
          PHILOX_OPERATIONS + flops(seed, unit) + flops(offset, unit);
      case Lane.Param _ -> 0;
    };
  }

  private static int flops(Lane.UnaryOp op, VectorUnit unit) {
    return switch (op) {
      case NEG, ABS, FLOOR, CEIL, NOT -> 1;
      case EXP, EXP2 -> unit.exponentialFlops();
      case LOG, LOG2, SQRT, RSQRT, RECIPROCAL, TANH, ERF, SIN, COS, SIGMOID ->
          unit.transcendentalFlops();
    };
  }

  /// The widest operand in bits: buffers and casts by their type, lane indices 32; constants and
  /// scalars take the width of their partners.
  public static int widestBits(Lane lane, Function<String, DType> types) {
    return switch (lane) {
      case Lane.In(var region) -> types.apply(region.buffer()).bits();
      case Lane.Const _, Lane.Scalar _ -> 0;
      case Lane.Index _, Lane.Iota _ -> 32;
      case Lane.Unary(_, var x) -> widestBits(x, types);
      case Lane.Binary(_, var x, var y) -> Math.max(widestBits(x, types), widestBits(y, types));
      case Lane.Fma(var x, var y, var z) ->
          Math.max(widestBits(x, types), Math.max(widestBits(y, types), widestBits(z, types)));
      case Lane.Select(var c, var x, var y) ->
          Math.max(widestBits(c, types), Math.max(widestBits(x, types), widestBits(y, types)));
      case Lane.Cast(var type, _, _, var x) -> Math.max(type.bits(), widestBits(x, types));
      case Lane.Bitcast(_, var to, var x) -> Math.max(to.bits(), widestBits(x, types));
      case Lane.Pick(var region, var index) -> {
        int widest = types.apply(region.buffer()).bits();
        for (Lane i : index) {
          widest = Math.max(widest, widestBits(i, types));
        }
        yield widest;
      }
      case Lane.Philox(var seed, var offset, _) ->
          Math.max(Integer.SIZE, Math.max(widestBits(seed, types), widestBits(offset, types)));
      case Lane.Param(_, _, var type) -> type.bits();
    };
  }

  /// The element types of the boxes that the picks of `lane` read, one per pick.
  public static List<DType> picked(Lane lane, Function<String, DType> types) {
    var picked = new ArrayList<DType>();
    visit(
        lane,
        node -> {
          if (node instanceof Lane.Pick(var region, _)) {
            picked.add(types.apply(region.buffer()));
          }
        });
    return picked;
  }

  /// Gives `to` every node of `lane`, operands after their operator.
  public static void visit(Lane lane, Consumer<Lane> to) {
    to.accept(lane);
    switch (lane) {
      case Lane.In _, Lane.Const _, Lane.Index _, Lane.Scalar _, Lane.Iota _ -> {}
      case Lane.Unary(_, var x) -> visit(x, to);
      case Lane.Binary(_, var x, var y) -> {
        visit(x, to);
        visit(y, to);
      }
      case Lane.Fma(var x, var y, var z) -> {
        visit(x, to);
        visit(y, to);
        visit(z, to);
      }
      case Lane.Select(var c, var x, var y) -> {
        visit(c, to);
        visit(x, to);
        visit(y, to);
      }
      case Lane.Cast(_, _, _, var x) -> visit(x, to);
      case Lane.Bitcast(_, _, var x) -> visit(x, to);
      case Lane.Pick(_, var index) -> index.forEach(i -> visit(i, to));
      case Lane.Philox(var seed, var offset, _) -> {
        visit(seed, to);
        visit(offset, to);
      }
      case Lane.Param _ -> {}
    }
  }
}
