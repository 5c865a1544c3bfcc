package maia.bench;

import java.util.concurrent.TimeUnit;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.interp.Interpretation;
import maia.kernel.interp.Interpreter.Checks;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The interpreter on the tutorial kernels, checks on and off, and the trace of a kernel: wall
/// time, on a quiet machine. [InterpreterTable] prints CPU time beside another interpreter's.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class InterpreterBench {
  /// A kernel with its shapes.
  @Param public TutorialKernels kernel;

  /// Whether accesses are checked.
  @Param public Checks checks;

  private final Kernel matmul = TutorialKernels.matmul(128, 64);
  private KernelCall call;

  /// Traces the kernel and makes its arguments.
  @Setup
  public void prepare() {
    call = kernel.call();
  }

  /// Plan and every program of the grid.
  @Benchmark
  public Interpretation interpret() {
    return call.interpret(checks);
  }

  /// One trace of the matmul kernel.
  @Benchmark
  public Kernel.Trace trace() {
    return matmul.trace();
  }
}
