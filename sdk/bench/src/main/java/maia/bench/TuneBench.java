package maia.bench;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.BF16;

import java.util.concurrent.TimeUnit;
import maia.kernel.TunedLaunch;
import maia.kernel.library.Blocks;
import maia.kernel.library.MappingSearch;
import maia.kernel.library.Matmul;
import maia.kernel.tune.Tune;
import maia.kernel.tune.TuneResult;
import maia.machine.Chip;
import maia.numerics.HostArray;
import maia.runtime.SimulatedLauncher;
import maia.sim.Options;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Tuning a 1024x1024x1024 BF16 matrix product over 18 configurations: the model orders them, the
/// best four are simulated, nothing is kept on disk; and the search for a mapping by the model
/// alone.
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TuneBench {
  private static final int SIZE = 1024;
  private static final Tune TUNE =
      Tune.grid("BM", 64, 128, 256).and("BN", 64, 128, 256).and("STAGES", 2, 3).keep(0.22);

  private static final Blocks.Problem PRODUCT =
      new Blocks.Problem(4096, 4096, 4096, BF16, BF16, BF16);

  private final HostArray x = HostArray.zeros(BF16, SIZE, SIZE);
  private final TunedLaunch launch =
      Matmul.KERNEL
          .autotune(TUNE)
          .grid(c -> cdiv(SIZE, c.integer("BM")), c -> cdiv(SIZE, c.integer("BN")))
          .on(new SimulatedLauncher(Chip.MAIA_200, Options.timingOnly()));

  /// The first tuning of a process: everything is compiled and four configurations are simulated.
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Fork(value = 5, jvmArgsAppend = "-Dmaia.cache=off")
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  public TuneResult cold() {
    return launch.tune(x, x, x);
  }

  /// A tuning whose simulations are known: 18 traces and look-ups.
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @Fork(value = 1, jvmArgsAppend = "-Dmaia.cache=off")
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  public TuneResult cached() {
    return launch.tune(x, x, x);
  }

  /// Every legal mapping of a 4096x4096x4096 product, timed by the model.
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @Fork(1)
  @Warmup(iterations = 3, time = 1)
  @Measurement(iterations = 5, time = 1)
  public MappingSearch mappingSearch() {
    return MappingSearch.of(PRODUCT, Chip.MAIA_200, 20);
  }
}
