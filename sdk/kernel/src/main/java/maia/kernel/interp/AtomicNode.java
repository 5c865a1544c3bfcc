package maia.kernel.interp;

import java.util.Arrays;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.numerics.Codec;
import maia.numerics.Reduce;
import org.jspecify.annotations.Nullable;

/// Reads, combines and writes places of an array, one after the other in row-major order of the
/// tile.
final class AtomicNode implements Node {
  private final Op.Atomic op;
  private final Access access;
  private final Slot value;
  private final @Nullable Slot compare;
  private final Slot old;
  private final @Nullable Shadow shadow;
  private final Instance program;
  private final float[] one = new float[1];

  /// All slots are plain and of one shape; `old` receives what was there.
  AtomicNode(
      Op.Atomic op,
      Access access,
      Slot value,
      @Nullable Slot compare,
      Slot old,
      @Nullable Shadow shadow,
      Instance program) {
    this.op = op;
    this.access = access;
    this.value = value;
    this.compare = compare;
    this.old = old;
    this.shadow = shadow;
    this.program = program;
  }

  @Override
  public void run() {
    if (access.resolve() < access.count()) {
      Arrays.fill(old.floats, 0f);
      Arrays.fill(old.longs, 0);
    }
    access.visit((first, step, count, at) -> {
      for (int i = 0; i < count; i++) {
        place(first + i * step, at + i);
      }
    });
  }

  private void place(long at, int i) {
    boolean writes = value.isFloat() ? floats(at, i) : longs(at, i);
    if (shadow != null) {
      shadow.atomic(at, op.old().isPresent(), writes, op.origin());
    }
  }

  // ---- floats

  private boolean floats(long at, int i) {
    Bound array = access.array();
    array.read(at, 1, 1, old.floats, i);
    float before = old.floats[i];
    if (compare != null && !same(array.codec, before, compare.floats[i])) {
      return false;
    }
    one[0] = combined(before, value.floats[i]);
    array.write(one, 0, 1, at, 1);
    return true;
  }

  private float combined(float before, float given) {
    return switch (op.op()) {
      case ADD -> before + given;
      case MIN -> Reduce.smaller(before, given);
      case MAX -> Reduce.larger(before, given);
      case XCHG, CAS -> given;
      case AND, OR, XOR ->
          throw new IllegalStateException("bug in kernel.interp: " + op.op() + " of floats");
    };
  }

  /// A comparison of bits, all NaN equal.
  private static boolean same(Codec codec, float a, float b) {
    return Float.floatToIntBits(a) == Float.floatToIntBits(codec.round(b));
  }

  // ---- integers

  private boolean longs(long at, int i) {
    Bound array = access.array();
    array.read(at, 1, 1, old.longs, i);
    long before = old.longs[i];
    if (compare != null && before != compare.longs[i]) {
      return false;
    }
    long given = value.longs[i];
    long after =
        switch (op.op()) {
          case ADD -> sum(before, given, i);
          case AND -> before & given;
          case OR -> before | given;
          case XOR -> before ^ given;
          case MIN -> Math.min(before, given);
          case MAX -> Math.max(before, given);
          case XCHG, CAS -> given;
        };
    Integers.set(array.dtype, array.segment, at, after);
    return true;
  }

  private long sum(long before, long given, int i) {
    long sum = before + given;
    boolean wraps = ((before ^ sum) & (given ^ sum)) < 0;
    if (wraps || LongOps.saturate(value.dtype, sum) != sum) {
      throw overflow(before, given, i);
    }
    return sum;
  }

  private KernelException overflow(long before, long given, int i) {
    return program.fault(
        Mistake.DOES_NOT_FIT,
        op.origin(),
        "atomic add on '%s' at line %d: program %s, lane %s: %d + %d does not fit %s; use a wider"
            + " type",
        op.array(),
        op.origin().line(),
        program.name(),
        Texts.lane(value.shape, i),
        before,
        given,
        value.dtype.label());
  }
}
