package maia.bench;

import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import maia.numerics.MatMul;
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

/// Square fp32 matrix products: ours, which fixes the order of additions, beside OpenBLAS, which
/// does not. Run both on one thread (`OPENBLAS_NUM_THREADS=1`) for a fair pair; `maiaParallel` uses
/// every core.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SgemmBench {
  /// Rows and columns of each matrix.
  @Param({"128", "256", "512", "1024"})
  public int size;

  private float[] a = {};
  private float[] b = {};
  private float[] c = {};

  /// Fills the inputs.
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    a = matrix(random);
    b = matrix(random);
    c = new float[size * size];
  }

  /// One thread of ours.
  @Benchmark
  public float[] maia() {
    MatMul.multiplyAdd(size, size, size, a, 0, size, 1, b, 0, size, 1, c, 0, size);
    return c;
  }

  /// All cores of ours.
  @Benchmark
  public float[] maiaParallel() {
    MatMul.parallel(size, size, size, a, 0, size, 1, b, 0, size, 1, c, 0, size);
    return c;
  }

  /// The peer, on `OPENBLAS_NUM_THREADS` threads.
  @Benchmark
  public float[] openBlas() {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        size,
        size,
        size,
        1,
        a,
        size,
        b,
        size,
        1,
        c,
        size);
    return c;
  }

  private float[] matrix(SplittableRandom random) {
    float[] values = new float[size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1e-3, 1e-3); // small: c accumulates over many calls
    }
    return values;
  }
}
