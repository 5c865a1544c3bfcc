package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class ElementsTest {
  private static final DType[] TYPES = {
    DType.F64, DType.F32, DType.BF16, DType.FP8_E4M3, DType.FP6_E2M3, DType.FP4_E2M1, DType.I64
  };

  @RepeatedTest(60)
  void copy_randomStrides_movesEveryCode(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    DType type = TYPES[random.nextInt(TYPES.length)];
    long[] sizes = {1 + random.nextInt(5), 1 + random.nextInt(40), 1 + random.nextInt(40)};
    HostArray base = HostArray.zeros(type, sizes);
    for (long i = 0; i < base.segment().byteSize(); i++) {
      base.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    int[] order = random.nextBoolean() ? new int[] {0, 2, 1} : new int[] {2, 0, 1};
    HostArray view = permuted(base, order);
    HostArray to = HostArray.zeros(type, view.shape());
    Elements.copy(view, to);
    for (long a = 0; a < to.shape()[0]; a++) {
      for (long b = 0; b < to.shape()[1]; b++) {
        for (long c = 0; c < to.shape()[2]; c++) {
          long[] index = new long[3];
          index[order[0]] = a;
          index[order[1]] = b;
          index[order[2]] = c;
          assertThat(Double.valueOf(to.get(a, b, c))).isEqualTo(Double.valueOf(base.get(index)));
        }
      }
    }
  }

  /// Sizes that are no multiple of the squares; every bit pattern is kept, of NaNs too.
  @Test
  void copy_ofATransposedMatrix_keepsEveryBit() {
    for (int[] size : new int[][] {{64, 64}, {131, 70}, {3, 200}, {200, 3}}) {
      int rows = size[0];
      int columns = size[1];
      HostArray from = HostArray.zeros(DType.F32, columns, rows);
      SplittableRandom random = new SplittableRandom(rows);
      for (int i = 0; i < rows * columns; i++) {
        int bits = i % 3 == 0 ? 0x7f800001 + i : random.nextInt();
        from.segment().set(Packed.INT, 4L * i, bits);
      }
      HostArray to = HostArray.zeros(DType.F32, rows, columns);
      HostArray turned =
          HostArray.view(
              DType.F32,
              new long[] {rows, columns},
              new long[] {1, rows},
              0,
              from.segment(),
              Optional.empty(),
              1);
      Elements.copy(turned, to);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          assertThat(to.segment().get(Packed.INT, 4L * (i * columns + j)))
              .isEqualTo(from.segment().get(Packed.INT, 4L * (j * rows + i)));
        }
      }
    }
  }

  @Test
  void turn_everyWidth_withVectorsAndWithout() {
    Tile vectors = WarmUp.vectors().map(Kernels::tile).orElse(null);
    for (Tile tile : new Tile[] {null, vectors}) {
      for (int columns = 1; columns <= 70; columns++) {
        for (int rows : new int[] {1, 8, 13, 64, 72}) {
          HostArray from = HostArray.zeros(DType.F32, columns, rows);
          for (int i = 0; i < rows * columns; i++) {
            from.segment().set(Packed.INT, 4L * i, i + 1);
          }
          HostArray to = HostArray.zeros(DType.F32, rows, columns);
          Turn.run(tile, from.segment(), 0, rows, to.segment(), 0, columns, rows, columns);
          for (int i = 0; i < rows * columns; i++) {
            assertThat(to.segment().get(Packed.INT, 4L * i))
                .as("element %d of %d x %d", i, rows, columns)
                .isEqualTo(i % columns * rows + i / columns + 1);
          }
        }
      }
    }
  }

  @Test
  void fill_packedView_leavesTheRest() {
    HostArray array = HostArray.of(new float[] {1, 2, 3, 4, 6, 1}, DType.FP4_E2M1, 6);
    HostArray value = HostArray.of(new float[] {0.5f}, DType.FP4_E2M1, 1);
    Elements.fill(view(array, new long[] {3}, new long[] {2}, 1), value.segment(), 0);
    assertThat(array.toFloats()).containsExactly(1, 0.5f, 3, 0.5f, 6, 0.5f);
  }

  @Test
  void copy_shapesDiffer_namesBoth() {
    assertThatThrownBy(
            () -> Elements.copy(HostArray.zeros(DType.F32, 2), HostArray.zeros(DType.F32, 3)))
        .hasMessage("copy: shape and bits must agree: from f32 [2], to f32 [3]");
  }

  private static HostArray permuted(HostArray base, int[] order) {
    long[] shape = new long[order.length];
    long[] strides = new long[order.length];
    for (int d = 0; d < order.length; d++) {
      shape[d] = base.shape()[order[d]];
      strides[d] = base.strides()[order[d]];
    }
    return view(base, shape, strides, 0);
  }

  private static HostArray view(HostArray base, long[] shape, long[] strides, long offset) {
    return HostArray.view(
        base.type(), shape, strides, offset, base.segment(), Optional.empty(), 1f);
  }
}
