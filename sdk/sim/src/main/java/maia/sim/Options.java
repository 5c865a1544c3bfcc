package maia.sim;

import maia.base.Check;

/// How to simulate.
///
/// @param values whether values are computed
/// @param checks whether the run is checked for mistakes
/// @param traceLimit how many spans the trace keeps, the first ones
/// @param schedule in which legal order things happen
/// @param clusters which clusters are simulated
public record Options(
    Values values, Checks checks, int traceLimit, Schedule schedule, Clusters clusters) {
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

  /// Which clusters of the chip are simulated.
  public enum Clusters {
    /// Each of them.
    ALL,
    /// One of those that do the same work, which stands for the others: it takes their share of HBM
    /// and of every sum. Where the tiles of a cluster share nothing, one tile of a kind. An
    /// estimate, within 8 % of the whole chip on the library's kernels and mostly within 1 %, in a
    /// fraction of the time; spans, engines and stalls by tile are those of what is simulated.
    ONE_OF_A_KIND,
  }

  public Options {
    Check.argument(traceLimit >= 0, "trace limit must not be negative, was %d", traceLimit);
    boolean isWhole = clusters == Clusters.ALL;
    Check.argument(
        isWhole || values == Values.TIMING_ONLY && schedule.equals(Schedule.EAGER),
        "one cluster of a kind: only a timing-only run in the machine's own order, was %s and %s; use"
            + " Options.timingOnly()",
        values,
        schedule);
  }

  /// Options for the whole chip.
  public Options(Values values, Checks checks, int traceLimit, Schedule schedule) {
    this(values, checks, traceLimit, schedule, Clusters.ALL);
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
    return new Options(values, checks, limit, schedule, clusters);
  }

  /// These options with checks on or off.
  public Options withChecks(Checks wanted) {
    return new Options(values, wanted, traceLimit, schedule, clusters);
  }

  /// These options with another schedule.
  public Options withSchedule(Schedule order) {
    return new Options(values, checks, traceLimit, order, clusters);
  }

  /// These options for all clusters, or for one of a kind.
  public Options withClusters(Clusters simulated) {
    return new Options(values, checks, traceLimit, schedule, simulated);
  }
}
