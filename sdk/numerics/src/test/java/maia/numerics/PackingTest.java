package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What tiles put into panels, at the depths around the number of lanes of every processor.
final class PackingTest {
  private static final List<Tile> TILES =
      WarmUp.vectors().stream()
          .flatMap(kernels -> Optional.ofNullable(kernels.tile()).stream())
          .flatMap(own -> List.of(own, new VectorTile(), new TallVectorTile()).stream())
          .toList();

  /// See [Tile#interleave].
  private static final int SLACK = 8;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 15, 16, 17, 24, 31, 33, 48, 70})
  void interleave_anyDepth_putsRowsSideBySide(int depth) {
    for (Tile tile : TILES) {
      for (int height : new int[] {tile.rows(), 16, 24, tile.columns(), tile.stripColumns()}) {
        for (int count = 1; count <= height; count++) {
          float[] rows = numbers(count * depth);
          float[] to = filled(3 + depth * height + SLACK);
          tile.interleave(rows, count, depth, height, to, 3);
          for (int p = 0; p < depth; p++) {
            for (int r = 0; r < count; r++) {
              assertThat(to[3 + p * height + r])
                  .as("step %d of row %d of %d of %d", p, r, count, height)
                  .isEqualTo(rows[r * depth + p]);
            }
          }
          assertThat(Arrays.copyOf(to, 3)).containsOnly(-1);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 70})
  void read_anyDepth_isInterleaveAndWritesNothingElse(int depth) {
    for (Tile tile : TILES) {
      if (tile.reads()) {
        int step = depth + 5;
        float[] x = numbers(3 + tile.rows() * step);
        MemorySegment memory = Memory.outsideScopes(() -> Memory.allocate(4L * x.length));
        MemorySegment.copy(x, 0, memory, Packed.FLOAT, 0, x.length);
        float[] expected = filled(2 + tile.rows() * depth + 16);
        for (int p = 0; p < depth; p++) {
          for (int r = 0; r < tile.rows(); r++) {
            expected[2 + p * tile.rows() + r] = x[3 + r * step + p];
          }
        }
        float[] to = filled(expected.length);
        tile.read(memory, 12, 4L * step, depth, to, 2);
        assertThat(to).isEqualTo(expected);
      }
    }
  }

  @Test
  void write_rows_areWrittenAndNothingElse() {
    for (Tile tile : TILES) {
      float[] x = numbers(5 + 3 * 50);
      MemorySegment memory = Memory.outsideScopes(() -> Memory.allocate(4L * 200));
      MemorySegment.copy(filled(200), 0, memory, Packed.FLOAT, 0, 200);
      tile.write(x, 5, 50, 3, 48, memory, 12, 4 * 60);
      for (int i = 0; i < 200; i++) {
        int r = (i - 3) / 60;
        int c = (i - 3) % 60;
        float expected = i >= 3 && r < 3 && c < 48 ? x[5 + r * 50 + c] : -1;
        assertThat(memory.getAtIndex(Packed.FLOAT, i)).as("element %d", i).isEqualTo(expected);
      }
    }
  }

  @Test
  void areFinite_oneNumberThatIsNot_isSeenWhereverItIs() {
    for (Tile tile : TILES) {
      int count = 3 * tile.columns();
      float[] odd = {Float.NaN, -Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
      float[] x = numbers(count + 2);
      x[0] = Float.NaN;
      x[count + 1] = Float.NaN;
      x[1] = -Float.MAX_VALUE;
      assertThat(tile.areFinite(x, 1, count)).isTrue();
      for (float value : odd) {
        for (int i = 1; i <= count; i++) {
          float before = x[i];
          x[i] = value;
          assertThat(tile.areFinite(x, 1, count)).as("%s at %d", value, i).isFalse();
          x[i] = before;
        }
      }
    }
  }

  private static float[] numbers(int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = i + 1;
    }
    return x;
  }

  private static float[] filled(int count) {
    float[] x = new float[count];
    Arrays.fill(x, -1);
    return x;
  }
}
