package maia.cost;

import java.util.Locale;
import maia.base.Check;

/// What tokens cost: dollars, energy and carbon.
///
/// @param tokensPerSecond tokens of one chip per second while it works
/// @param dollarsPerHour USD for a chip-hour, busy or not
/// @param utilisation share of the hours in which the chip works
/// @param joulesPerToken energy of the chip for a token
public record TokenCost(
    double tokensPerSecond, Range dollarsPerHour, double utilisation, double joulesPerToken) {
  private static final double JOULES_PER_KILOWATT_HOUR = 3.6e6;

  public TokenCost {
    Check.argument(
        tokensPerSecond > 0 && utilisation > 0 && utilisation <= 1,
        "token cost: needs tokens/s above 0 and a utilisation above 0 up to 1, was %s and %s",
        tokensPerSecond,
        utilisation);
    Check.argument(
        dollarsPerHour.low() >= 0,
        "token cost: dollars must not be negative, were %s",
        dollarsPerHour);
  }

  /// USD per million tokens: the hour over the utilisation, over the tokens of an hour.
  public Range dollarsPerMillion() {
    return dollarsPerHour.times(1e6 / (utilisation * tokensPerSecond * 3_600));
  }

  /// Tokens per kWh of the chip; host, network and cooling are not in it.
  public double tokensPerKilowattHour() {
    return JOULES_PER_KILOWATT_HOUR / joulesPerToken;
  }

  /// Grams of CO2 per million tokens when a kWh of electricity carries `gramsPerKilowattHour`.
  public double gramsPerMillion(double gramsPerKilowattHour) {
    Check.argument(
        gramsPerKilowattHour >= 0,
        "carbon intensity must not be negative, was %s g/kWh",
        gramsPerKilowattHour);
    return 1e6 / tokensPerKilowattHour() * gramsPerKilowattHour;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s $ per million tokens at %.0f tokens/s and %.0f %% utilisation; %.4g J per token",
        dollarsPerMillion(),
        tokensPerSecond,
        100 * utilisation,
        joulesPerToken);
  }
}
