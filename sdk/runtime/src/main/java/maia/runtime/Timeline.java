package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import maia.machine.Machine;
import maia.sim.Bound;
import maia.sim.Counters;
import maia.sim.EnergyUse;
import maia.sim.PowerSample;
import maia.sim.RunRecord;
import maia.sim.Span;

/// Runs put one after the other on one time axis, for showing.
final class Timeline {
  private static final Counters NO_COUNTERS =
      new Counters(0, 0, 0, 0, 0, 0, 0, 0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

  private Timeline() {}

  /// A record named `name` whose trace and power are those of `runs` in turn, each shifted to where
  /// the one before ended; counters and energy are left out.
  static RunRecord of(String name, Machine machine, List<RunRecord> runs) {
    List<Span> spans = new ArrayList<>();
    List<PowerSample> power = new ArrayList<>();
    TreeSet<String> off = new TreeSet<>();
    TreeSet<String> notes = new TreeSet<>();
    long start = 0;
    long cycles = 0;
    long launch = 0;
    for (RunRecord run : runs) {
      for (Span span : run.trace()) {
        spans.add(shifted(span, start, run.program()));
      }
      for (PowerSample sample : run.power()) {
        power.add(sample.later(start));
      }
      off.addAll(run.checksOff());
      notes.addAll(run.notes());
      start += run.picoseconds();
      cycles += run.cycles();
      launch += run.launchPicoseconds();
    }
    return new RunRecord(
        name,
        machine,
        cycles,
        start,
        launch,
        spans,
        NO_COUNTERS,
        new EnergyUse(0, 0, 0, 0, 0, 0, 0),
        power,
        new Bound(Bound.Kind.LATENCY, 0),
        List.copyOf(off),
        List.copyOf(notes),
        runs.stream().flatMap(run -> run.conversions().stream()).toList(),
        runs.stream().flatMap(run -> run.prints().stream()).toList());
  }

  private static Span shifted(Span span, long by, String program) {
    return new Span(
        span.tile(),
        span.queue(),
        program + " " + span.what(),
        span.startPicoseconds() + by,
        span.endPicoseconds() + by,
        span.bytes(),
        span.flops(),
        span.origin());
  }
}
