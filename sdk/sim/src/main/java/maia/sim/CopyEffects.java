package maia.sim;

import java.util.Arrays;
import java.util.Objects;
import maia.npl.Lanes;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import org.jspecify.annotations.Nullable;

/// Moves values between HBM and chip, row by row.
final class CopyEffects {
  private final BoundArray[] arrays;
  private final @Nullable Shadow[] shadows;

  CopyEffects(BoundArray[] arrays, @Nullable Shadow[] shadows) {
    this.arrays = arrays;
    this.shadows = shadows;
  }

  /// Receives runs of elements: in memory, on chip, and in the array's own row-major numbering.
  private interface Run {
    void at(
        long memory,
        long memoryStride,
        int count,
        int chip,
        int chipStride,
        long logical,
        long logicalStride);
  }

  void load(QueueState queue, Entry entry, Op.Load op, View to) {
    BoundArray array = arrays[op.from().array()];
    CopyPlan plan = Objects.requireNonNull(entry.plan);
    Shadow shadow = shadows[op.from().array()];
    int access = shadow == null ? 0 : shadow.begin(queue, entry);
    fill(op, plan, to);
    boolean isFloat = Lanes.Kind.of(array.type) == Lanes.Kind.FLOAT;
    Codec codec = Codec.of(array.type);
    Codec own = Codec.of(to.slot.type);
    boolean converts = array.type != to.slot.type && to.slot.type != DType.F32;
    runs(
        entry,
        op.from(),
        array,
        plan,
        to,
        (memory, step, count, chip, chipStep, at, atStep) -> {
          if (shadow != null) {
            shadow.read(access, (int) at, count, (int) atStep);
          }
          if (!isFloat) {
            for (int i = 0; i < count; i++) {
              long value = Integers.get(array.type, array.segment, memory + i * step);
              to.slot.longs[chip + i * chipStep] = Integers.saturate(to.slot.type, value);
            }
            return;
          }
          if (chipStep == 1) {
            codec.decode(array.segment, memory, step, count, to.slot.floats, chip);
            if (converts) {
              own.round(to.slot.floats, chip, count);
            }
            return;
          }
          float[] row = new float[count];
          codec.decode(array.segment, memory, step, count, row, 0);
          if (converts) {
            own.round(row, 0, count);
          }
          for (int i = 0; i < count; i++) {
            to.slot.floats[chip + i * chipStep] = row[i];
          }
        });
  }

  private static void fill(Op.Load op, CopyPlan plan, View to) {
    long valid = 1;
    for (int d = 0; d < plan.low().length; d++) {
      valid *= plan.high()[d] - plan.low()[d];
    }
    if (valid == to.elements()) {
      return;
    }
    if (to.slot.floats.length > 0) {
      float[] values = new float[to.elements()];
      Arrays.fill(values, Codec.of(to.slot.type).round(op.fill()));
      to.put(values);
    } else {
      long[] values = new long[to.elements()];
      Arrays.fill(values, Integers.round(to.slot.type, op.fill()));
      to.put(values);
    }
  }

  void store(QueueState queue, Entry entry, Op.Store op, View from) {
    BoundArray array = arrays[op.to().array()];
    CopyPlan plan = Objects.requireNonNull(entry.plan);
    Shadow shadow = shadows[op.to().array()];
    int access = shadow == null ? 0 : shadow.begin(queue, entry);
    boolean isFloat = Lanes.Kind.of(array.type) == Lanes.Kind.FLOAT;
    runs(
        entry,
        op.to(),
        array,
        plan,
        from,
        (memory, step, count, chip, chipStep, at, atStep) -> {
          if (shadow != null) {
            shadow.write(access, (int) at, count, (int) atStep);
          }
          if (!isFloat) {
            for (int i = 0; i < count; i++) {
              long value = from.slot.longs[chip + i * chipStep];
              Integers.set(
                  array.type,
                  array.segment,
                  memory + i * step,
                  Integers.saturate(array.type, value));
            }
            return;
          }
          if (chipStep == 1) {
            store(from, from.slot.floats, chip, count, array, memory, step);
            return;
          }
          float[] row = new float[count];
          for (int i = 0; i < count; i++) {
            row[i] = from.slot.floats[chip + i * chipStep];
          }
          store(from, row, 0, count, array, memory, step);
        });
  }

  /// Elements that are values of the array's type already keep their infinities; others saturate.
  private static void store(
      View from, float[] row, int at, int count, BoundArray array, long memory, long step) {
    Overflow overflow = from.slot.type == array.type ? Overflow.NON_SATURATE : Overflow.SATURATE;
    Codec.of(array.type)
        .encode(row, at, count, array.segment, memory, step, Rounding.NEAREST_EVEN, overflow);
  }

  static void move(View from, View to) {
    if (from.slot.floats.length > 0) {
      float[] values = from.floats();
      if (from.slot.type != to.slot.type && to.slot.type != DType.F32) {
        Codec.of(to.slot.type).round(values, 0, values.length);
      }
      to.put(values);
    } else {
      long[] values = from.longs();
      for (int i = 0; i < values.length; i++) {
        values[i] = Integers.saturate(to.slot.type, values[i]);
      }
      to.put(values);
    }
  }

  private static void runs(
      Entry entry, Op.WindowRef w, BoundArray array, CopyPlan plan, View view, Run run) {
    int rank = w.axes().length;
    long[] memoryStep = new long[rank];
    long[] logicalStep = new long[rank];
    int[] chipStep = new int[rank];
    int[] count = new int[rank];
    long memory = array.offset;
    long logical = 0;
    int chip = view.offset;
    long row = 1;
    for (int d = rank - 1; d >= 0; d--) {
      Op.AxisRef axis = w.axes()[d];
      int low = plan.low()[d];
      long start = entry.values[w.at() + d] + axis.step() * low;
      memoryStep[d] = array.strides[d] * axis.step();
      logicalStep[d] = row * axis.step();
      chipStep[d] = axis.along() < 0 ? 0 : view.stride[axis.along()];
      count[d] = plan.high()[d] - low;
      memory += start * array.strides[d];
      logical += start * row;
      chip += low * chipStep[d];
      row *= array.shape[d];
      if (count[d] == 0) {
        return;
      }
    }
    int inner = inner(count, memoryStep);
    if (inner < 0) {
      run.at(memory, 1, 1, chip, 1, logical, 1);
      return;
    }
    int[] index = new int[rank];
    while (true) {
      run.at(
          memory,
          memoryStep[inner],
          count[inner],
          chip,
          chipStep[inner],
          logical,
          logicalStep[inner]);
      int d = rank - 1;
      for (; d >= 0; d--) {
        if (d == inner) {
          continue;
        }
        index[d]++;
        memory += memoryStep[d];
        logical += logicalStep[d];
        chip += chipStep[d];
        if (index[d] < count[d]) {
          break;
        }
        memory -= memoryStep[d] * count[d];
        logical -= logicalStep[d] * count[d];
        chip -= chipStep[d] * count[d];
        index[d] = 0;
      }
      if (d < 0) {
        return;
      }
    }
  }

  /// The axis that runs fastest in memory among those with more than one index, or -1.
  private static int inner(int[] count, long[] step) {
    int best = -1;
    for (int d = count.length - 1; d >= 0; d--) {
      if (count[d] > 1 && (best < 0 || Math.abs(step[d]) < Math.abs(step[best]))) {
        best = d;
      }
    }
    return best;
  }
}
