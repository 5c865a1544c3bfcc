package maia.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.interp.Interpreter.Checks;

/// Prints the CPU time of the interpreter on the tutorial kernels, warm, on one thread, checks on
/// and off, beside what was measured elsewhere for Triton's own interpreter: an interpreter against
/// an interpreter, not against hardware. CPU time does not count what other processes do to a busy
/// machine.
public final class InterpreterTable {
  private static final double WARM_MILLIS = 1500;
  private static final int RUNS = 9;
  private static final double MILLION = 1e6;

  /// CPU milliseconds of Triton 3.8.0's interpreter (NumPy), warm, measured on a similar machine;
  /// the kernels that are not listed were not measured.
  private static final Map<TutorialKernels, Double> TRITON =
      Map.of(
          TutorialKernels.MATMUL_512_TILE_128, 257.0,
          TutorialKernels.MATMUL_512_TILE_64, 1_540.0,
          TutorialKernels.MATMUL_512_TILE_16, 45_800.0,
          TutorialKernels.SOFTMAX, 2_640.0,
          TutorialKernels.LAYER_NORM, 26_300.0,
          TutorialKernels.ATTENTION, 980.0);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private InterpreterTable() {}

  /// Kernels whose names start with an argument; all without arguments.
  public static void main(String[] arguments) {
    System.out.printf(
        "%-22s %12s %12s %18s%n", "kernel", "checks on", "checks off", "Triton, elsewhere");
    for (TutorialKernels kernel : TutorialKernels.values()) {
      if (arguments.length > 0 && Arrays.stream(arguments).noneMatch(kernel.name()::startsWith)) {
        continue;
      }
      KernelCall call = kernel.call();
      double on = median(() -> call.interpret(Checks.ON));
      double off = median(() -> call.interpret(Checks.OFF));
      System.out.printf(
          Locale.ROOT,
          "%-22s %9.1f ms %9.1f ms %15s%n",
          kernel.name().toLowerCase(Locale.ROOT),
          on,
          off,
          TRITON.containsKey(kernel) ? "%.0f ms".formatted(TRITON.get(kernel)) : "-");
    }
    Kernel matmul = TutorialKernels.matmul(128, 64);
    System.out.printf(Locale.ROOT, "%-22s %9.2f ms%n", "trace of matmul", median(matmul::trace));
  }

  /// The median CPU milliseconds of one `work`.
  private static double median(Runnable work) {
    long begin = THREADS.getCurrentThreadCpuTime();
    while (THREADS.getCurrentThreadCpuTime() - begin < WARM_MILLIS * MILLION) {
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
