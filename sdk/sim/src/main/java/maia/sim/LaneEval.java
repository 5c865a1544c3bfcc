package maia.sim;

import java.util.Arrays;
import maia.npl.Lane;
import maia.npl.Lanes;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.Reduce;

/// Evaluates lane expressions over a box: every node gives one dense array of the box's elements.
final class LaneEval {
  private interface FloatOp {
    float of(float x, float y);
  }

  private interface FloatTest {
    boolean of(float x, float y);
  }

  private interface LongOp {
    long of(long x, long y);
  }

  private final Site site;
  private final Entry entry;
  private final LaneOperands operands;
  private final int count;
  private final Findings findings;
  private final Values[] params;

  /// One value per element of the box: either floats or integers.
  record Values(float[] floats, long[] longs) {
    static final float[] NO_FLOATS = {};
    static final long[] NO_LONGS = {};

    static Values of(float[] floats) {
      return new Values(floats, NO_LONGS);
    }

    static Values of(long[] longs) {
      return new Values(NO_FLOATS, longs);
    }
  }

  LaneEval(QueueState queue, Entry entry, int[] box) {
    this(queue, entry, box, new Values[0]);
  }

  /// @param params the operands of a combiner, the left ones first
  LaneEval(QueueState queue, Entry entry, int[] box, Values[] params) {
    this.site = queue.site;
    this.findings = queue.sim.findings;
    this.params = params;
    this.entry = entry;
    this.count = (int) VectorEngine.elements(box);
    this.operands = new LaneOperands(box, count);
  }

  /// The values of lanes of either kind.
  Values values(LaneNode node) {
    return node.kind() == Lanes.Kind.FLOAT ? Values.of(floats(node)) : Values.of(longs(node));
  }

  /// The values of float lanes.
  float[] floats(LaneNode node) {
    return switch (node) {
      case LaneNode.In(var region, _) -> operands.floats(Effects.view(site, entry, region));
      case LaneNode.Const(float value) -> {
        float[] out = new float[count];
        Arrays.fill(out, value);
        yield out;
      }
      case LaneNode.Unary(var op, var x, _, _) -> unary(op, floats(x));
      case LaneNode.Binary(var op, var x, var y, _, _) -> binary(op, floats(x), floats(y));
      case LaneNode.Fma(var x, var y, var z) -> {
        float[] a = floats(x);
        float[] b = floats(y);
        float[] c = floats(z);
        for (int i = 0; i < count; i++) {
          c[i] = Math.fma(a[i], b[i], c[i]);
        }
        yield c;
      }
      case LaneNode.Select(var condition, var x, var y) -> {
        long[] c = longs(condition);
        float[] a = floats(x);
        float[] b = floats(y);
        for (int i = 0; i < count; i++) {
          a[i] = c[i] != 0 ? a[i] : b[i];
        }
        yield a;
      }
      case LaneNode.Cast c -> toFloat(c);
      case LaneNode.Bitcast b -> LaneBits.toFloats(b, values(b.x()));
      case LaneNode.Pick p -> {
        View from = Effects.view(site, entry, p.region());
        int[] at = picked(p, from);
        float[] out = new float[count];
        for (int i = 0; i < count; i++) {
          out[i] = from.slot.floats[at[i]];
        }
        yield out;
      }
      case LaneNode.Param(int at, _) -> params[at].floats().clone();
      case LaneNode.Index _, LaneNode.Iota _, LaneNode.Philox _ ->
          throw new IllegalStateException("bug in LaneEval: integer lanes read as float");
    };
  }

  private float[] toFloat(LaneNode.Cast cast) {
    LaneNode x = cast.x();
    float[] out;
    if (x.kind() == Lanes.Kind.FLOAT) {
      out = floats(x);
    } else {
      long[] in = longs(x);
      out = new float[count];
      for (int i = 0; i < count; i++) {
        out[i] = in[i];
      }
    }
    findings.conversion(entry.op.info(), cast.type(), out, count);
    if (!cast.rules().isPlain()) {
      return LaneBits.convert(cast, out);
    }
    if (cast.type() != DType.F32) {
      Codec.of(cast.type()).round(out, 0, count);
    }
    return out;
  }

  /// The values of integer lanes; truth values are 0 and 1.
  long[] longs(LaneNode node) {
    return switch (node) {
      case LaneNode.In(var region, _) -> operands.longs(Effects.view(site, entry, region));
      case LaneNode.Index(int operand) -> {
        long[] out = new long[count];
        Arrays.fill(out, entry.values[operand]);
        yield out;
      }
      case LaneNode.Iota(int dim) -> operands.iota(dim);
      case LaneNode.Unary(var op, var x, _, int bits) -> {
        long[] a = longs(x);
        for (int i = 0; i < count; i++) {
          a[i] = fit(unary(op, a[i]), bits);
        }
        yield a;
      }
      case LaneNode.Binary b -> longs(b);
      case LaneNode.Select(var condition, var x, var y) -> {
        long[] c = longs(condition);
        long[] a = longs(x);
        long[] b = longs(y);
        for (int i = 0; i < count; i++) {
          a[i] = c[i] != 0 ? a[i] : b[i];
        }
        yield a;
      }
      case LaneNode.Cast c -> toLong(c);
      case LaneNode.Bitcast b -> LaneBits.toLongs(b, values(b.x()));
      case LaneNode.Pick p -> {
        View from = Effects.view(site, entry, p.region());
        int[] at = picked(p, from);
        long[] out = new long[count];
        for (int i = 0; i < count; i++) {
          out[i] = from.slot.longs[at[i]];
        }
        yield out;
      }
      case LaneNode.Philox p -> LaneBits.philox(p, longs(p.seed()), longs(p.offset()));
      case LaneNode.Param(int at, _) -> params[at].longs().clone();
      case LaneNode.Const _, LaneNode.Fma _ ->
          throw new IllegalStateException("bug in LaneEval: float lanes read as integers");
    };
  }

  private long[] toLong(LaneNode.Cast cast) {
    DType type = cast.type();
    LaneNode x = cast.x();
    long[] out = x.kind() == Lanes.Kind.FLOAT ? new long[count] : longs(x);
    if (x.kind() == Lanes.Kind.FLOAT) {
      float[] in = floats(x);
      if (!cast.rules().isPlain()) {
        return LaneBits.convertToLongs(cast, in);
      }
      for (int i = 0; i < count; i++) {
        out[i] = Integers.round(type, in[i]);
      }
    } else {
      for (int i = 0; i < count; i++) {
        out[i] = Integers.saturate(type, out[i]);
      }
    }
    return out;
  }

  /// Where the picked elements lie in their slot.
  private int[] picked(LaneNode.Pick pick, View from) {
    int[] at = new int[count];
    Arrays.fill(at, from.offset);
    for (int d = 0; d < from.extent.length; d++) {
      long[] index = longs(pick.index().get(d));
      for (int i = 0; i < count; i++) {
        if (index[i] < 0 || index[i] >= from.extent[d]) {
          throw outside(from, pick, i);
        }
        at[i] += (int) index[i] * from.stride[d];
      }
    }
    return at;
  }

  private NplException outside(View from, LaneNode.Pick pick, int lane) {
    long[] index = new long[from.extent.length];
    for (int d = 0; d < index.length; d++) {
      index[d] = longs(pick.index().get(d))[lane];
    }
    return new NplException(
        Category.OUT_OF_BOUNDS,
        "%s: lane %s reads element %s of %s %s; keep indices inside; program %d"
            .formatted(
                entry.op.info().label(),
                Arrays.toString(operands.position(lane)),
                Arrays.toString(index),
                from.slot.name(),
                Arrays.toString(from.extent),
                entry.program()),
        entry.op.info().origin());
  }

  private long[] longs(LaneNode.Binary node) {
    if (node.x().kind() == Lanes.Kind.FLOAT) {
      float[] a = floats(node.x());
      float[] b = floats(node.y());
      FloatTest test = test(node.op());
      long[] out = new long[count];
      for (int i = 0; i < count; i++) {
        out[i] = test.of(a[i], b[i]) ? 1 : 0;
      }
      return out;
    }
    long[] a = longs(node.x());
    long[] b = longs(node.y());
    LongOp op = longOp(node.op());
    try {
      if (LaneBits.isShift(node.op())) {
        LaneBits.shift(node, a, b);
        return a;
      }
      for (int i = 0; i < count; i++) {
        a[i] = fit(op.of(a[i], b[i]), node.bits());
      }
    } catch (ArithmeticException e) {
      throw overflow(String.valueOf(e.getMessage()));
    }
    return a;
  }

  private long fit(long value, int bits) {
    if (bits == Integer.SIZE && value != (int) value) {
      throw overflow("integer overflow: %d does not fit 32 bits".formatted(value));
    }
    return value;
  }

  private NplException overflow(String why) {
    String rule =
        why.equals("/ by zero") // what the JVM says of integers
            ? "division by zero; guard the divisor with where(...) or max(1)"
            : why + "; cast to i64 first";
    return new NplException(
        Category.TYPE, "%s: %s".formatted(entry.op.info().label(), rule), entry.op.info().origin());
  }

  // ---- operators

  private float[] unary(Lane.UnaryOp op, float[] x) {
    switch (op) {
      case EXP -> Fmath.exp(x, 0, x, 0, count);
      case EXP2 -> Fmath.exp2(x, 0, x, 0, count);
      case LOG -> Fmath.log(x, 0, x, 0, count);
      case LOG2 -> Fmath.log2(x, 0, x, 0, count);
      case TANH -> Fmath.tanh(x, 0, x, 0, count);
      case ERF -> Fmath.erf(x, 0, x, 0, count);
      case SIN -> Fmath.sin(x, 0, x, 0, count);
      case COS -> Fmath.cos(x, 0, x, 0, count);
      case SIGMOID -> Fmath.sigmoid(x, 0, x, 0, count);
      case NEG, ABS, SQRT, RSQRT, RECIPROCAL, FLOOR, CEIL, NOT -> {
        for (int i = 0; i < count; i++) {
          x[i] = exact(op, x[i]);
        }
      }
    }
    return x;
  }

  private static float exact(Lane.UnaryOp op, float x) {
    return switch (op) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SQRT -> (float) Math.sqrt(x);
      case RSQRT -> 1f / (float) Math.sqrt(x);
      case RECIPROCAL -> 1f / x;
      case FLOOR -> (float) Math.floor(x);
      case CEIL -> (float) Math.ceil(x);
      case EXP, EXP2, LOG, LOG2, TANH, ERF, SIN, COS, SIGMOID, NOT ->
          throw new IllegalStateException("bug in LaneEval: float " + op);
    };
  }

  private static long unary(Lane.UnaryOp op, long x) {
    return switch (op) {
      case NEG -> Math.negateExact(x);
      case ABS -> Math.absExact(x);
      case NOT -> x == 0 ? 1 : 0;
      case EXP,
          EXP2,
          LOG,
          LOG2,
          SQRT,
          RSQRT,
          RECIPROCAL,
          TANH,
          ERF,
          SIN,
          COS,
          SIGMOID,
          FLOOR,
          CEIL ->
          throw new IllegalStateException("bug in LaneEval: integer " + op);
    };
  }

  private float[] binary(Lane.BinaryOp op, float[] x, float[] y) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < count; i++) {
          x[i] += y[i];
        }
      }
      case SUB -> {
        for (int i = 0; i < count; i++) {
          x[i] -= y[i];
        }
      }
      case MUL -> {
        for (int i = 0; i < count; i++) {
          x[i] *= y[i];
        }
      }
      case DIV -> {
        for (int i = 0; i < count; i++) {
          x[i] /= y[i];
        }
      }
      case REM -> apply(x, y, (a, b) -> a % b);
      case MIN -> apply(x, y, Reduce::smaller);
      case MAX -> apply(x, y, Reduce::larger);
      case LT, LE, GT, GE, EQ, NE, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in LaneEval: " + op + " gives truth values");
    }
    return x;
  }

  private void apply(float[] x, float[] y, FloatOp op) {
    for (int i = 0; i < count; i++) {
      x[i] = op.of(x[i], y[i]);
    }
  }

  private static FloatTest test(Lane.BinaryOp op) {
    return switch (op) {
      case LT -> (a, b) -> a < b;
      case LE -> (a, b) -> a <= b;
      case GT -> (a, b) -> a > b;
      case GE -> (a, b) -> a >= b;
      case EQ -> (a, b) -> a == b;
      case NE -> (a, b) -> a != b;
      case ADD, SUB, MUL, DIV, REM, MIN, MAX, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in LaneEval: " + op + " is no comparison");
    };
  }

  private static LongOp longOp(Lane.BinaryOp op) {
    return switch (op) {
      case ADD -> Math::addExact;
      case SUB -> Math::subtractExact;
      case MUL -> Math::multiplyExact;
      case DIV -> Math::divideExact;
      case REM -> (a, b) -> a % b;
      case MIN -> Math::min;
      case MAX -> Math::max;
      case LT -> (a, b) -> a < b ? 1 : 0;
      case LE -> (a, b) -> a <= b ? 1 : 0;
      case GT -> (a, b) -> a > b ? 1 : 0;
      case GE -> (a, b) -> a >= b ? 1 : 0;
      case EQ -> (a, b) -> a == b ? 1 : 0;
      case NE -> (a, b) -> a != b ? 1 : 0;
      case AND -> (a, b) -> a & b;
      case OR -> (a, b) -> a | b;
      case XOR -> (a, b) -> a ^ b;
      case SHL, SHR, USHR, UMULHI -> (a, b) -> a; // depend on the width, see LaneBits
    };
  }
}
