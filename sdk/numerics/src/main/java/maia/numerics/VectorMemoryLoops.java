package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Loops on the Vector API. Nothing outside touches this class unless the module is there.
final class VectorMemoryLoops implements MemoryLoops {
  private static final BlockLoops BLOCKS = new VectorBlockLoops();

  @Override
  public int map(Function f, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    return VectorFunctions.apply(f, x, at, out, outAt, count);
  }

  @Override
  public void sums(MemorySegment x, long at, long step, int count, float[] lanes) {
    VectorSums.sums(x, at, step, count, lanes);
  }

  @Override
  public int rowsAtOnce() {
    return VectorSums.ROWS;
  }

  @Override
  public void extremes(
      boolean largest, MemorySegment x, long at, long step, int count, float[] to) {
    VectorSums.extremes(largest, x, at, step, count, to);
  }

  @Override
  public void addFour(MemorySegment x, long at, long step, int count, float[] lanes, int lane) {
    VectorSums.addFour(x, at, step, count, lanes, lane);
  }

  @Override
  public void addOne(MemorySegment x, long at, int count, float[] lanes, int lane) {
    VectorSums.addOne(x, at, count, lanes, lane);
  }

  @Override
  public int softmax(MemorySegment x, long at, MemorySegment out, long outAt, int count, int rows) {
    return VectorRowMath.softmax(x, at, out, outAt, count, rows);
  }

  @Override
  public void squares(MemorySegment x, long at, int count, float shift, float[] lanes) {
    VectorRowMath.squares(x, at, count, shift, lanes);
  }

  @Override
  public void affine(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      float[] bias,
      MemorySegment out,
      long outAt,
      int count) {
    VectorRowMath.affine(x, at, shift, scale, weight, bias, out, outAt, count);
  }

  @Override
  public void scaled(
      MemorySegment x,
      long at,
      float shift,
      float scale,
      float[] weight,
      MemorySegment out,
      long outAt,
      int count) {
    VectorRowMath.scaled(x, at, shift, scale, weight, out, outAt, count);
  }

  @Override
  public boolean narrows(DType type, Narrow rule) {
    boolean isBf16 =
        type == DType.BF16
            && rule.rounding() == Rounding.Fixed.NEAREST_EVEN
            && rule.finiteUpTo() == Narrow.INFINITY;
    return VectorKernels.hasEightLanes()
        && (isBf16 || type.bits() >= Byte.SIZE && VectorCodeLoops.isDirect(rule));
  }

  @Override
  public void narrow(
      DType type, Narrow rule, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (type == DType.BF16) {
      VectorNarrow.toBf16(x, at, out, outAt, count);
    } else if (type == DType.F16) {
      VectorNarrow.toF16(rule, x, at, out, outAt, count);
    } else {
      VectorNarrow.toBytes(rule, x, at, out, outAt, count);
    }
  }

  @Override
  public boolean widens(DType type) {
    return VectorKernels.hasEightLanes() && (type == DType.BF16 || type == DType.F16);
  }

  @Override
  public void widen(
      DType type, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (type == DType.F16) {
      VectorNarrow.fromF16(x, at, out, outAt, count);
    } else {
      VectorNarrow.fromBf16(x, at, out, outAt, count);
    }
  }

  @Override
  public Optional<BlockLoops> blocks() {
    return VectorKernels.isEightLanes() ? Optional.of(BLOCKS) : Optional.empty();
  }

  @Override
  public int turnStep() {
    return VectorKernels.hasEightLanes() ? VectorTurn.STEP : 0;
  }

  @Override
  public void turn(
      MemorySegment from,
      long at,
      long step,
      MemorySegment to,
      long toAt,
      long toStep,
      int rows,
      int columns,
      float[] lines,
      float[] square) {
    VectorTurn.square(from, at, step, to, toAt, toStep, rows, columns, lines, square);
  }
}
