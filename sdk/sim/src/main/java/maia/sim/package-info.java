/// The simulator. In: a [maia.npl.Program], a [maia.machine.Machine] and a [Launch] (arrays,
/// scalars, grid, options). Out: a [RunRecord] with time, counters, energy, power over time and a
/// trace; the values are in the arrays of the launch.
///
/// One event queue orders everything by (time, insertion), so a run repeats to the bit. Time is
/// whole picoseconds; durations of on-chip units are cycles of the tile clock, converted once.
/// Bandwidth shortfall has a mechanism: bytes in flight per DMA channel, descriptor issue, shared
/// pipes, memory banks; `sdk/sim/TIMING.md` describes the model unit by unit. Author mistakes are
/// [maia.npl.NplException]s that name the user's line.
///
/// [Explore] runs a program under many legal [Schedule]s and compares the bits. [Debugger] stops a
/// run at any cycle, steps, watches, and goes back. [Advice] says why a run is slow, by line, and
/// what to try; [Comparison] puts two runs side by side. [TraceJson] is the trace for Perfetto.
///
/// Terms: *control processor* (issues instructions into queues), *span* (one executed instruction
/// in the trace), *bound* (the resource that was busiest).
///
/// ```java
/// RunRecord run = Simulator.on(Chip.MAIA_200).run(program, Launch.of(List.of(a, b, c)));
/// System.out.println(run);
/// System.out.println(Advice.of(run, program));
/// ```
@NullMarked
package maia.sim;

import org.jspecify.annotations.NullMarked;
