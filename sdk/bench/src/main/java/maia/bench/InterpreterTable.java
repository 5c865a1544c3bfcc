package maia.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import maia.kernel.KernelCall;
import maia.kernel.interp.Interpreter;
import maia.kernel.interp.Interpreter.Checks;

/// Prints the CPU time of the interpreter on the tutorial kernels, warm, on one thread: the median of
/// some runs, checks on and off, beside the time of a trace. CPU time does not count what other
/// processes do to a busy machine.
public final class InterpreterTable {
  private static final int WARM = 12;
  private static final int RUNS = 9;
  private static final double MILLION = 1e6;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private InterpreterTable() {}

  /// Kernels whose names start with an argument; all without arguments.
  public static void main(String[] arguments) {
    System.out.printf("%-22s %12s %12s %12s%n", "kernel", "checks on", "checks off", "trace");
    for (TutorialKernels kernel : TutorialKernels.values()) {
      if (arguments.length > 0 && Arrays.stream(arguments).noneMatch(kernel.name()::startsWith)) {
        continue;
      }
      KernelCall call = kernel.call();
      double on = median(() -> Interpreter.run(call, Checks.ON));
      double off = median(() -> Interpreter.run(call, Checks.OFF));
      System.out.printf(
          Locale.ROOT, "%-22s %9.1f ms %9.1f ms%n", kernel.name().toLowerCase(Locale.ROOT), on, off);
    }
  }

  /// The median CPU milliseconds of one `work`.
  private static double median(Runnable work) {
    for (int i = 0; i < WARM; i++) {
      work.run();
    }
    double[] times = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      work.run();
      times[i] = (THREADS.getCurrentThreadCpuTime() - start) / MILLION;
    }
    Arrays.sort(times);
    return times[RUNS / 2];
  }
}
