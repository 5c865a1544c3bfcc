package maia.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OwnerCostTest {
  private static final OwnerCost MAIA = OwnerCost.MAIA_200_ASSUMED;

  @Test
  void maia200_builtUpFromItsParts_isAboutOneDollarThirty() {
    assertThat(MAIA.capitalRecoveryFactor()).isCloseTo(0.2638, within(0.0001));
    assertThat(MAIA.capitalPerHour()).isCloseTo(0.813, within(0.001));
    assertThat(MAIA.powerPerHour()).isCloseTo(0.108, within(0.0001));
    assertThat(MAIA.facilityPerHour()).isCloseTo(0.2404, within(0.0001));
    assertThat(MAIA.upkeepPerHour()).isCloseTo(0.1541, within(0.0001));
    assertThat(MAIA.dollarsPerHour()).isCloseTo(1.316, within(0.001));
  }

  @Test
  void withoutInterest_capitalIsSpreadEvenly() {
    OwnerCost free = new OwnerCost(8_760, 1, 0, 0, 0, 0, 0);
    assertThat(free.dollarsPerHour()).isCloseTo(1, within(1e-12));
  }

  @Test
  void life_ofZeroYears_isRefused() {
    assertThatThrownBy(() -> new OwnerCost(1, 0, 0, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "owner cost: needs capital >= 0, life > 0, interest >= 0 and power >= 0, was 1.0 $, 0.0 years, 0.0, 0.0"
                + " kW");
  }

  @Test
  void defaultPriceBook_isARangeWithNameRegionDate_andSaysModelled() {
    assertThat(PriceBook.MAIA_200_MODELLED)
        .hasToString("1.32 to 1.7 $/chip-hour, modelled (modelled-owner-2026-11, US, 2026-11-20)");
  }
}
