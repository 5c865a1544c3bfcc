package maia.sim;

import maia.base.Check;

/// How to simulate.
///
/// @param values whether values are computed
/// @param checks whether the run is checked for mistakes
/// @param traceLimit how many spans the trace keeps, the first ones
/// @param schedule in which legal order things happen
public record Options(Values values, Checks checks, int traceLimit, Schedule schedule) {
  /// Whether values are computed.
  public enum Values {
    /// Arrays are read and written.
    COMPUTE,
    /// Only time and energy; arrays may have no memory.
    TIMING_ONLY,
  }

  /// Whether races, reads of uninitialised memory and coverage are checked. Bounds, capacity,
  /// deadlock and semaphores always are.
  public enum Checks {
    /// Checked.
    ON,
    /// Not checked.
    OFF,
  }

  public Options {
    Check.argument(traceLimit >= 0, "trace limit must not be negative, was %d", traceLimit);
  }

  /// Options with the machine's own timing.
  public Options(Values values, Checks checks, int traceLimit) {
    this(values, checks, traceLimit, Schedule.EAGER);
  }

  /// Values computed, all checks, the first 10,000 spans.
  public static Options defaults() {
    return new Options(Values.COMPUTE, Checks.ON, 10_000);
  }

  /// Time and energy only.
  public static Options timingOnly() {
    return new Options(Values.TIMING_ONLY, Checks.OFF, 10_000);
  }

  /// These options with another trace limit.
  public Options withTraceLimit(int limit) {
    return new Options(values, checks, limit, schedule);
  }

  /// These options with checks on or off.
  public Options withChecks(Checks wanted) {
    return new Options(values, wanted, traceLimit, schedule);
  }

  /// These options with another schedule.
  public Options withSchedule(Schedule order) {
    return new Options(values, checks, traceLimit, order);
  }
}
