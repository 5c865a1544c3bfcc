package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import maia.sim.PowerSample;
import maia.sim.RunRecord;
import maia.sim.Span;

/// Runs put one after the other on one time axis, for showing.
final class Timeline {
  private Timeline() {}

  /// A record named `name` whose trace and power are those of `runs` in turn, each shifted to where
  /// the one before ended; counters, energy and bound are those of the first run.
  static RunRecord of(String name, List<RunRecord> runs) {
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
        power.add(
            new PowerSample(
                sample.startPicoseconds() + start,
                sample.endPicoseconds() + start,
                sample.watts()));
      }
      off.addAll(run.checksOff());
      notes.addAll(run.notes());
      start += run.picoseconds();
      cycles += run.cycles();
      launch += run.launchPicoseconds();
    }
    RunRecord first = runs.getFirst();
    return new RunRecord(
        name,
        first.machine(),
        cycles,
        start,
        launch,
        spans,
        first.counters(),
        first.energy(),
        power,
        first.bound(),
        List.copyOf(off),
        List.copyOf(notes));
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
