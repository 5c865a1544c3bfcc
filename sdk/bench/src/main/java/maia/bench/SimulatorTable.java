package maia.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import maia.kernel.Compiled;
import maia.kernel.Compiler;
import maia.kernel.KernelCall;
import maia.kernel.KernelCall.Mode;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.RunRecord;
import maia.sim.Simulator;

/// Prints what simulating a BF16 matrix product of the library costs the host, warm: CPU time of
/// the calling thread, all checks on where values are computed.
public final class SimulatorTable {
  private static final int WARM = 4;
  private static final int RUNS = 5;
  private static final double MILLION = 1e6;
  private static final Machine MACHINE = Chip.MAIA_200;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private SimulatorTable() {}

  /// Without arguments.
  public static void main(String[] arguments) {
    show("512^3, values, time, checks", 512, Mode.COMPUTE);
    show("1024^3, values, time, checks", 1024, Mode.COMPUTE);
    show("8192^3, time only", 8192, Mode.TIMING_ONLY);
  }

  private static void show(String what, int n, Mode mode) {
    KernelCall call =
        Matmul.over(n, n, n, DType.BF16, DType.F32, MACHINE)
            .call(
                mode,
                array(DType.BF16, n, mode),
                array(DType.BF16, n, mode),
                array(DType.F32, n, mode));
    Compiled compiled = Compiler.compile(call.func(), MACHINE, call.grid());
    Options options = mode == Mode.COMPUTE ? Options.defaults() : Options.timingOnly();
    Launch launch = new Launch(call.arrays(), List.<Number>of(), call.grid(), options);
    double[] times = new double[WARM + RUNS];
    long cycles = 0;
    for (int i = 0; i < times.length; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      RunRecord run = Simulator.on(MACHINE).run(compiled.program(), launch);
      times[i] = (THREADS.getCurrentThreadCpuTime() - start) / MILLION;
      cycles = run.cycles();
    }
    double[] warm = Arrays.copyOfRange(times, WARM, times.length);
    Arrays.sort(warm);
    System.out.printf(
        Locale.ROOT,
        "%-30s first %8.1f ms, then %8.1f ms for %,d cycles%n",
        what,
        times[0],
        warm[RUNS / 2],
        cycles);
  }

  private static HostArray array(DType type, int n, Mode mode) {
    return mode == Mode.COMPUTE ? HostArray.zeros(type, n, n) : HostArray.meta(type, n, n);
  }
}
