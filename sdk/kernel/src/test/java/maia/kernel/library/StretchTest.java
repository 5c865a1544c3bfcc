package maia.kernel.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.kernel.KernelCall;
import maia.kernel.library.Stretch.Cut;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

class StretchTest {
  @Test
  void steps_lackInEverySizeWhatTheLastOneLacks() {
    Stretch depth = Stretch.ofSteps(1_000, 64, 8, 12);
    assertThat(depth.few().size()).isEqualTo(8 * 64 - 24);
    assertThat(depth.more().size()).isEqualTo(12 * 64 - 24);
    assertThat(depth.steps()).isEqualTo(2);
    assertThat(depth.timed()).hasSize(2);
  }

  @Test
  void fewSteps_areNotCut() {
    Stretch depth = Stretch.ofSteps(768, 64, 8, 12);
    assertThat(depth).isEqualTo(Stretch.uncut(768, 1));
    assertThat(depth.timed()).containsExactly(new Cut(768, 1));
    assertThat(depth.steps()).isZero();
  }

  @Test
  void rounds_leaveOverWhatTheWholeLeavesOver() {
    Stretch elements = Stretch.ofRounds(20_050, 100, 36, 1, 2);
    assertThat(elements.whole()).isEqualTo(new Cut(20_050, 201));
    assertThat(elements.few()).isEqualTo(new Cut(100 * (21 + 36) - 50, 21 + 36));
    assertThat(elements.more()).isEqualTo(new Cut(100 * (21 + 72) - 50, 21 + 72));
  }

  @Test
  void sizesThatDoNotGrow_areRefused() {
    Cut one = new Cut(1, 1);
    assertThatThrownBy(() -> new Stretch(one, new Cut(3, 1), new Cut(2, 1)))
        .hasMessage("stretch: sizes must grow, were 1, 3 and 2");
    assertThatThrownBy(() -> new Cut(0, 1))
        .hasMessage("cut: size and programs must be positive, were 0 and 1");
  }

  private static ProductSample sample(long m, long n, long k, DType type) {
    var p = new Blocks.Problem(m, n, k, type, type, DType.BF16);
    KernelCall call =
        Linear.over(p, Activation.NONE, java.util.Set.of(), Chip.MAIA_200)
            .call(
                KernelCall.Mode.TIMING_ONLY,
                HostArray.meta(type, m, k),
                HostArray.meta(type, n, k),
                HostArray.meta(DType.BF16, m, n));
    return ProductSample.of(p, call, Chip.MAIA_200);
  }

  @Test
  void largeProducts_takeFewStepsAndFewSuperblocks_smallOnesAll() {
    ProductSample large = sample(2_416, 57_344, 8_192, DType.BF16);
    assertThat(List.of(large.rows(), large.columns(), large.depth()).stream().map(Stretch::isCut))
        .containsExactly(false, true, true);
    ProductSample deep = sample(2_048, 8_192, 28_672, DType.FP8_E4M3);
    assertThat(deep.columns().isCut()).isFalse();
    assertThat(deep.depth().isCut()).isTrue();
    ProductSample small = sample(64, 512, 2_048, DType.BF16);
    assertThat(List.of(small.rows(), small.columns(), small.depth())).noneMatch(Stretch::isCut);
  }

  @Test
  void programsOfACut_takeNoMoreThanThoseOfTheWhole() {
    for (long n : new long[] {57_344, 50_001, 99_999}) {
      ProductSample s = sample(2_416, n, 8_192, DType.FP8_E4M3);
      for (Cut cut : s.columns().timed()) {
        assertThat((double) cut.size() / cut.programs())
            .isLessThanOrEqualTo(512)
            .isCloseTo(
                (double) n / s.columns().whole().programs(),
                org.assertj.core.data.Percentage.withPercentage(10));
      }
    }
  }
}
