package maia.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.cost.Economics.Input;
import org.junit.jupiter.api.Test;

class EconomicsTest {
  private static final Economics ASSUMED = Economics.MAIA_200_ASSUMED;

  @Test
  void hour_atLikelyInputs_isTheOwnerCost() {
    assertThat(ASSUMED.hour().total())
        .isCloseTo(OwnerCost.MAIA_200_ASSUMED.dollarsPerHour(), within(1e-12));
  }

  @Test
  void hour_partsAreTheArithmetic() {
    Economics simple =
        ASSUMED
            .with(Input.CAPITAL, 8_760)
            .with(Input.LIFE, 1)
            .with(Input.INTEREST, 0)
            .with(Input.POWER, 2)
            .with(Input.ELECTRICITY, 0.1)
            .with(Input.FACILITY, 73)
            .with(Input.UPKEEP, 0.5)
            .with(Input.UTILISATION, 0.25);
    Economics.Hour hour = simple.hour();
    assertThat(hour.capital()).isCloseTo(1, within(1e-12));
    assertThat(hour.power()).isCloseTo(0.2, within(1e-12));
    assertThat(hour.facility()).isCloseTo(0.2, within(1e-12));
    assertThat(hour.upkeep()).isCloseTo(0.5, within(1e-12));
    assertThat(simple.dollarsPerPaidHour()).isCloseTo(1.9 / 0.25, within(1e-12));
    assertThat(simple.dollarsPerMillionTokens(1_000)).isCloseTo(7.6 / 3.6, within(1e-12));
    assertThat(simple.breakEvenUtilisation(3.8)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void pue_multipliesElectricityOnly() {
    Economics.Hour plain = ASSUMED.hour();
    Economics.Hour cooled = ASSUMED.with(Input.PUE, 1.5).hour();
    assertThat(cooled.power()).isCloseTo(1.5 * plain.power(), within(1e-12));
    assertThat(cooled.facility()).isEqualTo(plain.facility());
    assertThat(cooled.capital()).isEqualTo(plain.capital());
    assertThat(cooled.upkeep()).isEqualTo(plain.upkeep());
  }

  @Test
  void powerOfTheEquipmentTimesItsPue_takesTheElectricityOfAllInPower() {
    Economics.Hour allIn = ASSUMED.with(Input.POWER, 1.2 * 1.25).with(Input.PUE, 1).hour();
    Economics.Hour apart = ASSUMED.with(Input.POWER, 1.2).with(Input.PUE, 1.25).hour();
    assertThat(apart.power()).isCloseTo(allIn.power(), within(1e-12));
    assertThat(apart.facility()).isCloseTo(allIn.facility() / 1.25, within(1e-12));
  }

  @Test
  void tornado_isSortedAndExactInputsDoNotSwing() {
    List<Economics.Bar> bars = ASSUMED.tornado();
    assertThat(bars).hasSize(Input.values().length);
    assertThat(bars.getFirst().input()).isEqualTo(Input.UTILISATION);
    assertThat(bars.get(1).input()).isEqualTo(Input.CAPITAL);
    assertThat(bars.getLast().input()).isEqualTo(Input.PUE);
    assertThat(bars.getLast().swing()).isZero();
    for (int i = 1; i < bars.size(); i++) {
      assertThat(bars.get(i).swing()).isLessThanOrEqualTo(bars.get(i - 1).swing());
    }
  }

  @Test
  void monteCarlo_replaysAndIsOrdered() {
    Economics.Band band = ASSUMED.monteCarlo(5_000, 3);
    assertThat(band).isEqualTo(ASSUMED.monteCarlo(5_000, 3));
    assertThat(band).isNotEqualTo(ASSUMED.monteCarlo(5_000, 4));
    assertThat(band.p5()).isLessThan(band.p50());
    assertThat(band.p50()).isLessThan(band.p95());
  }

  @Test
  void monteCarlo_ofOneUncertainInput_hasTheQuantilesOfItsTriangle() {
    Economics only = ASSUMED;
    for (Input input : Input.values()) {
      only = only.with(input, ASSUMED.at(input).likely());
    }
    only = only.with(Input.UTILISATION, 1).with(Input.INTEREST, 0).with(Input.UPKEEP, 0);
    only = only.with(Input.POWER, 0).with(Input.LIFE, 1);
    only = only.with(Input.CAPITAL, new Uncertain(0, 8_760, 2 * 8_760));
    Economics.Band band = only.monteCarlo(100_000, 1);
    assertThat(band.p50()).isCloseTo(1, within(0.01));
    assertThat(band.p5()).isCloseTo(Math.sqrt(0.1), within(0.01));
    assertThat(band.p95()).isCloseTo(2 - Math.sqrt(0.1), within(0.01));
  }

  @Test
  void utilisationAboveOne_isRefused() {
    assertThatThrownBy(() -> ASSUMED.with(Input.UTILISATION, 1.2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "economics 'maia-200, all inputs assumed': utilisation is a share up to 1, was 1.2");
  }

  @Test
  void pueBelowOne_isRefused() {
    assertThatThrownBy(() -> ASSUMED.with(Input.PUE, 0.9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("economics 'maia-200, all inputs assumed': PUE is at least 1, was 0.9");
  }

  @Test
  void uncertainOutOfOrder_isRefused() {
    assertThatThrownBy(() -> new Uncertain(2, 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("an uncertain input needs finite values in order, was 2.0, 1.0, 3.0");
  }

  @Test
  void tokenCost_isTheFormula() {
    var cost = new TokenCost(1_000, new Range(1.8, 3.6), 0.5, 0.1);
    assertThat(cost.dollarsPerMillion().low()).isCloseTo(1, within(1e-12));
    assertThat(cost.dollarsPerMillion().high()).isCloseTo(2, within(1e-12));
    assertThat(cost.tokensPerKilowattHour()).isCloseTo(36e6, within(1e-3));
    assertThat(cost.gramsPerMillion(360)).isCloseTo(10, within(1e-9));
    assertThat(cost)
        .hasToString(
            "1 to 2 $ per million tokens at 1000 tokens/s and 50 % utilisation; 0.1000 J per"
                + " token");
  }

  @Test
  void claims_arithmeticDecides() {
    List<Claim> claims = Claims.all();
    assertThat(claims).allSatisfy(c -> assertThat(c.computed()).isNotBlank());
    assertThat(verdict(claims, "Trainium3")).isEqualTo(Claim.Verdict.HOLDS);
    assertThat(verdict(claims, "TPU v7")).isEqualTo(Claim.Verdict.HOLDS);
    assertThat(verdict(claims, "GPT-4")).isEqualTo(Claim.Verdict.DOES_NOT_HOLD);
    assertThat(verdict(claims, "performance per dollar"))
        .isEqualTo(Claim.Verdict.CANNOT_BE_CHECKED);
    assertThat(claims.get(2).computed()).isEqualTo("10,145 / 2,517 = 4.03");
  }

  private static Claim.Verdict verdict(List<Claim> claims, String about) {
    return claims.stream()
        .filter(c -> c.statement().contains(about))
        .findFirst()
        .orElseThrow()
        .verdict();
  }
}
