package maia.kernel;

import static maia.numerics.DType.BF16;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.kernel.library.Blocks;
import maia.kernel.library.MappingSearch;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

class MappingSearchTest {
  private static final int SIZE = 4096;
  private static final Blocks.Problem PROBLEM =
      new Blocks.Problem(SIZE, SIZE, SIZE, BF16, BF16, BF16);

  /// How far the model's winner may be behind the best simulated one of its top twenty.
  private static final double BEHIND = 0.05;

  @Test
  void winnerAt4096_isWithinFivePercentOfTheSimulatedBestOfTwenty() {
    MappingSearch search = MappingSearch.of(PROBLEM, Chip.MAIA_200, 20);
    assertThat(search.considered()).isGreaterThanOrEqualTo(1000);
    assertThat(search.ranking()).hasSize(20);
    HostArray x = HostArray.zeros(BF16, SIZE, SIZE);
    long winner = Long.MAX_VALUE;
    long best = Long.MAX_VALUE;
    for (MappingSearch.Mapping mapping : search.ranking()) {
      long cycles =
          mapping.launch(Matmul.KERNEL).on(new OnSim(Chip.MAIA_200)).timing(x, x, x).cycles();
      winner = mapping.equals(search.best()) ? cycles : winner;
      best = Math.min(best, cycles);
    }
    assertThat((double) winner).isLessThanOrEqualTo(best * (1 + BEHIND));
  }

  @Test
  void best_isWhatTheLibraryLaunches() {
    Kernel chosen = Matmul.over(SIZE, SIZE, SIZE, BF16, BF16, Chip.MAIA_200).kernel();
    Kernel best =
        MappingSearch.of(PROBLEM, Chip.MAIA_200, 1)
            .best()
            .launch(Matmul.KERNEL.with("TYPE", BF16).with("OUT", BF16))
            .kernel();
    assertThat(best.metas()).isEqualTo(chosen.metas());
  }

  @Test
  void otherModel_otherOrder() {
    MappingSearch narrow =
        MappingSearch.of(PROBLEM, Chip.MAIA_200, 5, m -> m.blocks().bm() + m.blocks().bk());
    MappingSearch.Mapping first = narrow.best();
    assertThat(narrow.ranking())
        .allSatisfy(m -> assertThat(m.modelCycles()).isGreaterThanOrEqualTo(first.modelCycles()));
    assertThat(first.blocks().bm())
        .isLessThan(MappingSearch.of(PROBLEM, Chip.MAIA_200, 1).best().blocks().bm());
  }

  @Test
  void text_isASummaryAndARowEach() {
    MappingSearch search = MappingSearch.of(PROBLEM, Chip.MAIA_200, 3);
    assertThat(search.toString().lines()).hasSize(5);
    assertThat(search.toString()).startsWith("4096x4096x4096 bf16 on maia-200: ").contains("100.0");
  }

  @Test
  void nothingKept_isRefused() {
    assertThatThrownBy(() -> MappingSearch.of(PROBLEM, Chip.MAIA_200, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mapping search: at least one mapping must be kept, asked for 0");
  }
}
