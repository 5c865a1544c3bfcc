package maia.sim;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Origin;
import maia.base.Rich;
import maia.npl.Program;

/// Why a run took the time it took: findings, the costliest first. Each names a line, the share of
/// the time it stands for, the evidence, and what to try next.
///
/// @param program the program's name
/// @param findings in falling order of share
public record Advice(String program, List<Finding> findings) implements Rich {
  /// What kind of cause.
  public enum Kind {
    /// Tiles without work.
    IDLE_TILES,
    /// Some tiles have more work than others.
    IMBALANCE,
    /// Loads wait for a slot, and the arithmetic for loads: too few slots.
    SLOTS,
    /// Loads wait for the latency of memory: too few bytes in flight.
    LATENCY,
    /// HBM is busy.
    HBM,
    /// Ports of on-chip memories are busy.
    PORT,
    /// Copies are too small.
    SMALL_COPIES,
    /// The vector processor is busy.
    VECTOR,
    /// The tensor unit is busy.
    TENSOR,
    /// Tensor and vector instructions take turns.
    TURNS,
    /// The control processor issues too many instructions.
    ISSUE,
    /// Accesses of one memory bank meet.
    BANK,
    /// Starting the kernel takes longer than running it.
    LAUNCH,
  }

  /// One cause.
  ///
  /// @param kind what kind
  /// @param line the user's line
  /// @param share of the kernel time that it stands for, 0..1; shares of causes that overlap in
  ///   time may add up to more than 1
  /// @param evidence what was measured
  /// @param next what to try
  public record Finding(Kind kind, Origin line, double share, String evidence, String next) {
    /// Such as `41.0 % slots at gemm:12: ...; try ...`.
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%5.1f %% %s at %s: %s; try %s",
          100 * share,
          kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
          line,
          evidence,
          next);
    }
  }

  public Advice {
    findings = findings.stream().sorted(Comparator.comparingDouble(f -> -f.share())).toList();
  }

  /// The findings about `run`, which was one of `program`.
  public static Advice of(RunRecord run, Program program) {
    return new Advice(run.program(), new Diagnosis(run, program).all());
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", toString());
  }

  /// One finding per line.
  @Override
  public String toString() {
    var out = new StringBuilder(program).append(": why it takes its time\n");
    if (findings.isEmpty()) {
      out.append("  nothing stands out\n");
    }
    findings.forEach(f -> out.append("  ").append(f).append('\n'));
    return out.toString();
  }
}
