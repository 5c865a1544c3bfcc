package maia.machine;

import maia.base.Check;

/// Supply voltage of the on-chip units over their clock: a straight line with a floor.
///
/// @param nominalHertz clock at which the energies of [Energy] hold
/// @param nominalVolts voltage at that clock
/// @param voltsPerGigahertz slope
/// @param minimumVolts the floor
public record Voltage(
    double nominalHertz, double nominalVolts, double voltsPerGigahertz, double minimumVolts) {
  private static final double GIGA = 1e9;

  public Voltage {
    Check.argument(
        nominalHertz > 0
            && minimumVolts > 0
            && nominalVolts >= minimumVolts
            && voltsPerGigahertz >= 0,
        "voltage: needs a positive clock and 0 < minimum <= nominal, was %s Hz, %s V, minimum %s V, slope %s V/GHz",
        nominalHertz,
        nominalVolts,
        minimumVolts,
        voltsPerGigahertz);
  }

  /// Volts at a clock.
  public double volts(double hertz) {
    return Math.max(minimumVolts, nominalVolts + voltsPerGigahertz * (hertz - nominalHertz) / GIGA);
  }

  /// Energy of an on-chip event at a clock over its energy at the nominal one: voltage squared.
  public double energyScale(double hertz) {
    double ratio = volts(hertz) / nominalVolts;
    return ratio * ratio;
  }
}
