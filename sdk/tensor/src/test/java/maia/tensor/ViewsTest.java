package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ViewsTest {
  private static final Tensor CUBE = Tensor.arange(2 * 3 * 5).reshape(2, 3, 5);

  /// The value of [#CUBE] at an index.
  private static long at(long i, long j, long k) {
    return (i * 3 + j) * 5 + k;
  }

  @Test
  void unfold_overlappingWindows_isAView() {
    Tensor windows = CUBE.unfold(-1, 3, 2);

    assertThat(windows.shape()).containsExactly(2, 3, 2, 3);
    assertThat(windows.segment()).isEqualTo(CUBE.segment());
    for (long w = 0; w < 2; w++) {
      for (long e = 0; e < 3; e++) {
        assertThat(windows.get(1, 2, w, e).toLongs()).containsExactly(at(1, 2, 2 * w + e));
      }
    }
    assertThat(Tensor.arange(4).unfold(0, 4, 3).shape()).containsExactly(1, 4);
  }

  @Test
  void diagonal_offsets_asPyTorch() {
    Tensor x = Tensor.arange(12).reshape(3, 4);

    assertThat(x.diagonal().toLongs()).containsExactly(0, 5, 10);
    assertThat(x.diagonal(1, 0, 1).toLongs()).containsExactly(1, 6, 11);
    assertThat(x.diagonal(-1, 0, 1).toLongs()).containsExactly(4, 9);
    assertThat(x.diagonal(4, 0, 1).shape()).containsExactly(0);
    assertThat(CUBE.diagonal(1, -1, 0).shape()).containsExactly(3, 1);
    assertThat(CUBE.diagonal(1, 0, -1).toLongs())
        .containsExactly(
            at(0, 0, 1), at(1, 0, 2), at(0, 1, 1), at(1, 1, 2), at(0, 2, 1), at(1, 2, 2));
  }

  @Test
  void movedim_positions_keepTheOrderOfTheOthers() {
    assertThat(CUBE.movedim(0, -1).shape()).containsExactly(3, 5, 2);
    assertThat(CUBE.movedim(-1, 0).get(4, 1, 2).toLongs()).containsExactly(at(1, 2, 4));
    assertThat(CUBE.mT().shape()).containsExactly(2, 5, 3);
  }

  @Test
  void flattenAndUnflatten_ranges_areInverses() {
    assertThat(CUBE.flatten(0, 1).shape()).containsExactly(6, 5);
    assertThat(CUBE.flatten(1, -1).unflatten(1, -1, 5).toLongs()).isEqualTo(CUBE.toLongs());
    assertThat(Tensor.scalar(1).flatten(0, -1).shape()).containsExactly(1);
    assertThat(CUBE.expand(4, -1, -1, -1).shape()).containsExactly(4, 2, 3, 5);
  }

  @Test
  void parts_chunkSplitUnbind_coverTheDimension() {
    Tensor x = Tensor.arange(7);

    assertThat(x.chunk(3, 0).stream().map(t -> t.size(0))).containsExactly(3L, 3L, 1L);
    assertThat(x.split(0, 2, 5).stream().map(t -> t.size(0))).containsExactly(2L, 5L);
    assertThat(CUBE.unbind(1).get(2).toLongs())
        .isEqualTo(LongStream.of(10, 11, 12, 13, 14, 25, 26, 27, 28, 29).toArray());
    assertThat(x.narrow(0, -2, 2).toLongs()).containsExactly(5, 6);
  }

  @Test
  void copies_flipRollRepeat_asIndexArithmetic() {
    Tensor flipped = CUBE.flip(0, 2);
    Tensor rolled = CUBE.roll(-2, 2);
    Tensor repeated = CUBE.repeat(2, 1, 3, 1);
    Tensor interleaved = CUBE.repeatInterleave(2, 1);

    for (long i = 0; i < 2; i++) {
      for (long j = 0; j < 3; j++) {
        for (long k = 0; k < 5; k++) {
          assertThat(flipped.get(i, j, k).toLongs()).containsExactly(at(1 - i, j, 4 - k));
          assertThat(rolled.get(i, j, k).toLongs()).containsExactly(at(i, j, (k + 2) % 5));
          assertThat(repeated.get(1, i, 6 + j, k).toLongs()).containsExactly(at(i, j, k));
          assertThat(interleaved.get(i, 2 * j + 1, k).toLongs()).containsExactly(at(i, j, k));
        }
      }
    }
    assertThat(Tensor.of(1, 2).tile(2, 2).toArray()).containsExactly(1, 2, 1, 2, 1, 2, 1, 2);
    assertThat(CUBE.tile(2).shape()).containsExactly(2, 3, 10);
    assertThat(CUBE.repeat(0, 1, 1).shape()).containsExactly(0, 3, 5);
  }

  static Stream<Arguments> differentiable() {
    return Stream.of(
        one("unfold", x -> x.unfold(1, 3, 1)),
        one("unfold apart", x -> x.unfold(2, 2, 2)),
        one("diagonal", x -> x.diagonal(1, 1, 2)),
        one("movedim", x -> x.movedim(0, 2)),
        one("unflatten", x -> x.unflatten(2, 2, -1)),
        one("flip", x -> x.flip(0, 2)),
        one("roll", x -> x.roll(1, 1)),
        one("repeat", x -> x.repeat(2, 1, 2)),
        one("repeatInterleave", x -> x.repeatInterleave(3, 0)),
        one("clone", x -> x.mT().clone()),
        one("mean", x -> x.mul(x).mean(1)));
  }

  private static Arguments one(String name, UnaryOperator<Tensor> op) {
    return arguments(name, op);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("differentiable")
  void backward_everyView_equalsDifferences(String name, UnaryOperator<Tensor> op) {
    Differences.check(op, 2, 3, 4);
    assertThat(op.apply(Tensor.meta(DType.F64, 2, 3, 4)).shape())
        .as(name)
        .isEqualTo(op.apply(Tensor.zeros(DType.F64, 2, 3, 4)).shape());
  }

  @Test
  void flip_packedTypes_moveCodes() {
    Tensor x = Tensor.of(1, 2, 3, 4, 6).to(DType.FP4_E2M1);

    assertThat(x.flip(0).toArray()).containsExactly(6, 4, 3, 2, 1);
    assertThat(x.flip(0).type()).isEqualTo(DType.FP4_E2M1);
  }

  @Test
  void mistakes_ofViews_nameShapes() {
    Tensor x = Tensor.zeros(2, 3);
    Tensor blocks = Tensor.zeros(2, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);

    Messages.shapeRefusal(() -> x.unfold(1, 4, 1))
        .isEqualTo(
            "unfold: windows of 4 every 1 do not fit dimension 1 of 2x3; the size must be at most 3 and"
                + " the step positive");
    Messages.shapeRefusal(() -> x.diagonal(0, 1, -1))
        .isEqualTo("diagonal: needs two different dimensions, got 1 twice");
    Messages.shapeRefusal(() -> x.unflatten(1, 2, 2))
        .isEqualTo("unflatten: dimension 1 of 2x3 has size 3, it does not split into [2, 2]");
    Messages.shapeRefusal(() -> x.repeat(2))
        .isEqualTo("repeat: needs a count of 0 or more for each of 2 dimensions, got [2]");
    Messages.shapeRefusal(() -> x.flip(0, -2)).isEqualTo("flip: dimensions [0, -2] name one twice");
    Messages.shapeRefusal(() -> x.split(1, 2, 2))
        .isEqualTo("split: lengths [2, 2] do not add up to 3, the size of dimension 1");
    Messages.shapeRefusal(() -> blocks.unfold(1, 32, 32))
        .isEqualTo(
            "unfold: would cut blocks of 32 elements of the last dimension of mxfp4 2x64; dequantize()"
                + " first");
    Messages.tensorRefusal(() -> blocks.flip(0))
        .isEqualTo(
            "flip: a tensor of block format mxfp4 has no values of its own; call dequantize() first");
    assertThat(List.of(blocks.unbind(0).get(1).shape())).containsExactly(new long[] {64});
  }
}
