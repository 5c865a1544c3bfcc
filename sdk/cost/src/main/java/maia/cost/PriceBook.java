package maia.cost;

import java.time.LocalDate;
import maia.base.Check;

/// What an hour of a chip costs, where and as of when.
///
/// @param name the name printed beside every dollar
/// @param chip the chip it prices
/// @param region where the price holds
/// @param date when it was written down
/// @param dollarsPerChipHour USD for one chip-hour
/// @param basis how the numbers came about
/// @param source whether it is an estimate or a seller's price
public record PriceBook(
    String name,
    String chip,
    String region,
    LocalDate date,
    Range dollarsPerChipHour,
    String basis,
    Basis source) {
  /// Where a price comes from.
  public enum Basis {
    /// An estimate; every output says so.
    MODELLED,
    /// A seller's public price.
    LISTED,
  }

  /// GB200's owner cost per GPU-hour in the InferenceX dashboard source, divided by the performance
  /// per dollar that Microsoft claims over the newest hardware in its fleet, at about equal FP4
  /// peak.
  private static final double TOP_DOWN = 2.21 / 1.30;

  /// The default book for Maia 200: from the bottom-up owner cost to the top-down estimate. Not a
  /// price: Maia 200 is not rented directly.
  public static final PriceBook MAIA_200_MODELLED =
      new PriceBook(
          "modelled-owner-2026-11",
          "maia-200",
          "US",
          LocalDate.of(2026, 11, 20),
          Range.between(OwnerCost.MAIA_200_ASSUMED.dollarsPerHour(), TOP_DOWN),
          "low: owner cost built up from assumed capital, power, facility and upkeep; high: GB200 owner cost 2.21"
              + " $/h over the maker's claim of +30 % performance per dollar",
          Basis.MODELLED);

  public PriceBook {
    Check.argument(
        dollarsPerChipHour.low() >= 0,
        "price book '%s': dollars must not be negative, was %s",
        name,
        dollarsPerChipHour);
  }

  /// `1.31 to 1.7 $/chip-hour, modelled (modelled-owner-2026-11, US, 2026-11-20)`.
  @Override
  public String toString() {
    return "%s $/chip-hour, %s (%s, %s, %s)"
        .formatted(
            dollarsPerChipHour,
            source == Basis.MODELLED ? "modelled" : "listed",
            name,
            region,
            date);
  }
}
