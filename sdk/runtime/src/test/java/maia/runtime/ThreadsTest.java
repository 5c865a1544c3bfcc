package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import maia.kernel.library.Matmul;
import maia.kernel.library.Softmax;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Options;
import org.junit.jupiter.api.Test;

/// Four threads launch at once, through one launcher; an interrupted one leaves the others alone.
class ThreadsTest {
  private static final int THREADS = 4;
  private final SimulatedLauncher launcher = new SimulatedLauncher(Chip.TOY, Options.defaults());

  private static HostArray random(long seed, DType type, int... shape) {
    int count = 1;
    long[] sizes = new long[shape.length];
    for (int d = 0; d < shape.length; d++) {
      count *= shape[d];
      sizes[d] = shape[d];
    }
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return HostArray.of(values, type, sizes);
  }

  /// A few kernels one after another; sizes depend on `which`.
  private List<Object> work(int which) {
    var out = new ArrayList<Object>();
    int n = 500 + 100 * which;
    HostArray sum = HostArray.zeros(F32, n);
    out.add(VectorAdd.over(n).on(launcher).run(random(1, F32, n), random(2, F32, n), sum).cycles());
    out.add(sum.toFloats());
    HostArray soft = HostArray.zeros(F32, 3 + which, 40);
    out.add(
        Softmax.over(3 + which, 40, Chip.TOY)
            .on(launcher)
            .run(random(3, F32, 3 + which, 40), soft)
            .cycles());
    out.add(soft.toFloats());
    HostArray product = HostArray.zeros(F32, 40 + which, 30);
    out.add(
        Matmul.over(40 + which, 30, 50, BF16, F32, Chip.TOY)
            .on(launcher)
            .run(random(4, BF16, 40 + which, 50), random(5, BF16, 50, 30), product)
            .cycles());
    out.add(product.toFloats());
    return out;
  }

  @Test
  void fourThreads_launchingAtOnce_getTheCyclesAndBitsOfOne() throws InterruptedException {
    var alone = new ArrayList<List<Object>>();
    for (int i = 0; i < THREADS; i++) {
      alone.add(work(i));
    }
    var results = new Object[THREADS][];
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      int at = i;
      threads.add(
          new Thread(() -> {
            work((at + 1) % THREADS);
            results[at] = work(at).toArray();
          }));
    }
    var interrupted = new AtomicReference<Throwable>();
    var victim =
        new Thread(() -> {
          Thread.currentThread().interrupt();
          try {
            work(0);
          } catch (CancellationException stopped) {
            interrupted.set(stopped);
          }
        });
    threads.forEach(Thread::start);
    victim.start();
    victim.join();
    for (Thread t : threads) {
      t.join();
    }
    assertThat(interrupted.get()).isInstanceOf(CancellationException.class);
    for (int i = 0; i < THREADS; i++) {
      assertThat(java.util.Arrays.deepEquals(results[i], alone.get(i).toArray()))
          .as("thread %d", i)
          .isTrue();
    }
  }
}
