package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class LayoutTest {
  @RepeatedTest(200)
  void views_random_readWhatIndexArithmeticSays(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    Tensor x = Tensor.arange(120).reshape(2, 3, 4, 5);
    List<Long> expected = new ArrayList<>();
    x.flatten();
    for (long v : x.toLongs()) {
      expected.add(v);
    }
    List<Integer> dims = new ArrayList<>(List.of(0, 1, 2, 3));
    Collections.shuffle(dims, random);
    Tensor view = x.permute(dims.stream().mapToInt(d -> d).toArray());
    int dim = random.nextInt(4);
    long from = random.nextInt((int) view.size(dim));
    long to = from + 1 + random.nextInt((int) (view.size(dim) - from));
    Tensor slice = view.slice(dim, from, to, 1 + random.nextInt(2));
    long step = slice.size(dim) > 1 ? slice.strides()[dim] / view.strides()[dim] : 1;

    long[] naive =
        IntStream.range(0, (int) slice.elements())
            .mapToLong(i -> {
              long[] at = new long[4];
              long rest = i;
              for (int d = 3; d >= 0; d--) {
                at[d] = rest % slice.size(d);
                rest /= slice.size(d);
              }
              at[dim] = from + at[dim] * step;
              long[] source = new long[4];
              for (int d = 0; d < 4; d++) {
                source[dims.get(d)] = at[d];
              }
              return ((source[0] * 3 + source[1]) * 4 + source[2]) * 5 + source[3];
            })
            .toArray();
    assertThat(slice.toLongs()).isEqualTo(naive);
    assertThat(slice.contiguous().toLongs()).isEqualTo(naive);
    assertThat(slice.reshape(-1).toLongs()).isEqualTo(naive);
  }

  @Test
  void reshape_ofPermutedDims_viewsWhereStridesAllow() {
    Layout base = Layout.contiguous(2, 3, 4, 5).permute(List.of(2, 3, 0, 1));

    assertThat(base.reshape(new long[] {20, 6}))
        .hasValue(new Layout(new long[] {20, 6}, new long[] {1, 20}, 0));
    assertThat(base.reshape(new long[] {2, 10, 3, 2}))
        .hasValue(new Layout(new long[] {2, 10, 3, 2}, new long[] {10, 1, 40, 20}, 0));
    assertThat(base.reshape(new long[] {120})).isEmpty();
  }

  @Test
  void view_stridesDoNotAllow_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).t().view(6))
        .isEqualTo(
            "view: 3x2 strides [1, 3] offset 0 cannot be seen as 6 without a copy; use reshape");
  }

  @Test
  void reshape_countsDiffer_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).reshape(4, -1))
        .isEqualTo("reshape: 2x3 has 6 elements, they do not fit [4, -1]");
  }

  @Test
  void slice_outside_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).slice(1, 2, 5))
        .isEqualTo("slice: 2 to 5 in steps of 1 does not lie in dimension 1 of size 3");
  }

  @Test
  void select_outside_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).get(2))
        .isEqualTo("select: index 2 does not exist in dimension 0 of size 2");
  }

  @Test
  void expand_sizeNotOne_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).expand(4, 3))
        .isEqualTo(
            "expand: 2x3 does not expand to 4x3; only sizes of 1 and new leading dimensions repeat");
  }

  @Test
  void dimension_outside_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).sum(2))
        .isEqualTo("sum: dimension 2 does not exist in a tensor of 2 dimensions; use -2 to 1");
  }

  @Test
  void squeezeAndUnsqueeze_inverses() {
    Tensor x = Tensor.zeros(2, 3);

    assertThat(x.unsqueeze(-1).shape()).containsExactly(2, 3, 1);
    assertThat(x.unsqueeze(0).unsqueeze(2).squeeze().shape()).containsExactly(2, 3);
    assertThat(x.squeeze(1).shape()).containsExactly(2, 3);
  }

  @Test
  void view_writtenThrough_isSeenByBase() {
    Tensor x = Tensor.zeros(2, 3);
    x.t().select(0, 1).assign(Tensor.of(5, 6));

    assertThat(x.toArray()).containsExactly(0, 5, 0, 0, 6, 0);
  }
}
