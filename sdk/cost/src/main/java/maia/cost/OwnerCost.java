package maia.cost;

import maia.base.Check;

/// What an owned accelerator costs per hour, built up from its parts. Power is all-in (host,
/// network and cooling included), so no PUE is applied to it a second time.
///
/// @param capitalDollars purchase price per chip with its share of tray, rack and network
/// @param lifeYears depreciation
/// @param interestRate cost of capital per year, such as 0.08
/// @param kilowatts all-in utility power per chip
/// @param dollarsPerKilowattHour electricity
/// @param facilityDollarsPerKilowattMonth building, without electricity, for each kW of the all-in
///   power: on the dear side, as colocation is priced by the kW of IT equipment
/// @param upkeepShare yearly upkeep as a share of the purchase price
public record OwnerCost(
    double capitalDollars,
    double lifeYears,
    double interestRate,
    double kilowatts,
    double dollarsPerKilowattHour,
    double facilityDollarsPerKilowattMonth,
    double upkeepShare) {
  private static final double HOURS_PER_YEAR = 8_760;
  private static final double HOURS_PER_MONTH = HOURS_PER_YEAR / 12;

  /// The documented defaults for Maia 200. No price is public: capital 27,000 USD by analogy with
  /// comparable accelerators (wide band 18,000 to 40,000), 5 years at 10 %, 1.35 kW all-in, 0.08
  /// USD/kWh, 130 USD/kW-month, upkeep 5 % a year. All assumed.
  public static final OwnerCost MAIA_200_ASSUMED =
      new OwnerCost(27_000, 5, 0.10, 1.35, 0.08, 130, 0.05);

  public OwnerCost {
    Check.argument(
        capitalDollars >= 0 && lifeYears > 0 && interestRate >= 0 && kilowatts >= 0,
        "owner cost: needs capital >= 0, life > 0, interest >= 0 and power >= 0, was %s $, %s years, %s, %s kW",
        capitalDollars,
        lifeYears,
        interestRate,
        kilowatts);
  }

  /// The yearly payment per dollar borrowed that pays back capital and interest over the life.
  public double capitalRecoveryFactor() {
    if (interestRate == 0) {
      return 1 / lifeYears;
    }
    return interestRate / (1 - Math.pow(1 + interestRate, -lifeYears));
  }

  /// Capital per hour.
  public double capitalPerHour() {
    return capitalDollars * capitalRecoveryFactor() / HOURS_PER_YEAR;
  }

  /// Electricity per hour.
  public double powerPerHour() {
    return kilowatts * dollarsPerKilowattHour;
  }

  /// Facility per hour.
  public double facilityPerHour() {
    return kilowatts * facilityDollarsPerKilowattMonth / HOURS_PER_MONTH;
  }

  /// Upkeep per hour.
  public double upkeepPerHour() {
    return capitalDollars * upkeepShare / HOURS_PER_YEAR;
  }

  /// Dollars per chip-hour at full utilisation.
  public double dollarsPerHour() {
    return capitalPerHour() + powerPerHour() + facilityPerHour() + upkeepPerHour();
  }
}
