package maia.sim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import maia.machine.Machine;

/// What a run was: its time, its energy and where they went.
///
/// @param program the program's name
/// @param machine the machine
/// @param cycles kernel time in cycles of the tile clock, rounded to the nearest
/// @param picoseconds kernel time
/// @param launchPicoseconds host overhead of the launch, not part of the kernel time
/// @param trace the first instructions, in order of completion
/// @param counters what was counted
/// @param energy energy of the kernel time
/// @param power power over the kernel time
/// @param bound the busiest resource
/// @param checksOff checks that did not run
/// @param notes what the run relies on that is not published of the chip
/// @param conversions what conversions and quantisations lost, by line
/// @param prints what the program printed, in order of completion
public record RunRecord(
    String program,
    Machine machine,
    long cycles,
    long picoseconds,
    long launchPicoseconds,
    List<Span> trace,
    Counters counters,
    EnergyUse energy,
    List<PowerSample> power,
    Bound bound,
    List<String> checksOff,
    List<String> notes,
    List<Conversion> conversions,
    List<Printed> prints) {
  public RunRecord {
    conversions = List.copyOf(conversions);
    prints = List.copyOf(prints);
    trace = List.copyOf(trace);
    power = List.copyOf(power);
    checksOff = List.copyOf(checksOff);
    notes = List.copyOf(notes);
  }

  /// Kernel time in seconds.
  public double seconds() {
    return picoseconds * 1e-12;
  }

  /// Bytes moved at each level of memory: HBM, cluster SRAM, tile SRAM, network.
  public SequencedMap<String, Long> bytesByLevel() {
    var levels = new LinkedHashMap<String, Long>();
    levels.put("hbm", counters.hbmBytes());
    levels.put("csram", counters.csramBytes());
    levels.put("tsram", counters.tsramBytes());
    levels.put("network", counters.networkBytes());
    return Collections.unmodifiableSequencedMap(levels);
  }

  /// Joules by where they went: idle, the arithmetic units, and each level of memory.
  public SequencedMap<String, Double> joulesByLevel() {
    var levels = new LinkedHashMap<String, Double>();
    levels.put("idle", energy.idle());
    levels.put("tensor", energy.tensor());
    levels.put("vector", energy.vector());
    levels.put("hbm", energy.hbm());
    levels.put("csram", energy.csram());
    levels.put("tsram", energy.tsram());
    levels.put("network", energy.network());
    return Collections.unmodifiableSequencedMap(levels);
  }

  /// The highest mean power of an interval, 0 without any.
  public double peakWatts() {
    return power.stream().mapToDouble(PowerSample::watts).max().orElse(0);
  }

  /// A few lines of text.
  @Override
  public String toString() {
    var out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT,
            "%s on %s: %.3f us (%d cycles), bound by %s%n",
            program,
            machine.name(),
            picoseconds * 1e-6,
            cycles,
            bound));
    out.append(
        String.format(
            Locale.ROOT,
            "  launch overhead %.3f us apart; energy %.6g J, mean power %.1f W%n",
            launchPicoseconds * 1e-6,
            energy.total(),
            picoseconds == 0 ? 0 : energy.total() / seconds()));
    out.append(
        String.format(
            Locale.ROOT,
            "  HBM read %d B, written %d B; tensor %d flop, vector %d flop; %d instructions%n",
            counters.hbmReadBytes(),
            counters.hbmWrittenBytes(),
            counters.tensorFlops(),
            counters.vectorFlops(),
            counters.instructions()));
    if (!checksOff.isEmpty()) {
      out.append("  checks off: ").append(String.join(", ", checksOff)).append('\n');
    }
    conversions.forEach(c -> out.append("  ").append(c).append('\n'));
    prints.forEach(p -> out.append("  ").append(p).append('\n'));
    notes.forEach(note -> out.append("  ").append(note).append('\n'));
    return out.toString().replace("\r\n", "\n");
  }
}
