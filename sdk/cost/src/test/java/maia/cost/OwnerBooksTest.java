package maia.cost;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OwnerBooksTest {
  /// The rows of facts/chips-and-prices.md, 4.1: hyperscaler owner, neocloud owner, rental.
  @ParameterizedTest
  @CsvSource({
    "h100, 1.30, 1.69, 1.30",
    "h200, 1.41, 1.74, 1.60",
    "b200, 1.95, 2.34, 2.90",
    "gb200, 2.21, 2.75, 3.30",
    "b300, 2.34, 2.81, 3.48",
    "gb300, 2.65, 3.30, 3.96",
    "mi300x, 1.12, 1.40, 1.55",
    "mi355x, 1.48, 1.90, 2.10",
  })
  void book_spansAllThatIsGivenForTheChip(
      String chip, double hyperscaler, double neocloud, double rental) {
    Range hour = OwnerBooks.of(chip).orElseThrow().dollarsPerChipHour();
    assertThat(hour.low()).isEqualTo(Math.min(hyperscaler, Math.min(neocloud, rental)));
    assertThat(hour.high()).isEqualTo(Math.max(hyperscaler, Math.max(neocloud, rental)));
  }

  @Test
  void basis_saysWhichCostEachEndIs() {
    assertThat(OwnerBooks.of("h100").orElseThrow().basis())
        .isEqualTo(
            "low: hyperscale owner and three-year rental 1.30 $/h; high: large neocloud owner 1.69"
                + " $/h; in the InferenceX dashboard source");
    assertThat(OwnerBooks.of("b300").orElseThrow().basis())
        .isEqualTo(
            "low: hyperscale owner 2.34 $/h; high: three-year rental 3.48 $/h; in the InferenceX"
                + " dashboard source, which marks the row temporary");
  }

  @Test
  void chips_allHaveABookOfTheirName() {
    assertThat(OwnerBooks.chips())
        .hasSize(9)
        .allSatisfy(chip -> assertThat(OwnerBooks.of(chip).orElseThrow().chip()).isEqualTo(chip));
    assertThat(OwnerBooks.of("trainium3")).isEmpty();
  }
}
