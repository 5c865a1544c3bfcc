package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Runs stop soon after an interrupt, and threads do not disturb each other.
class StopTest {
  @Test
  void interrupt_stopsBeforeTheNextEvent() {
    var queue = new EventQueue();
    var after = new ArrayList<Long>();
    for (int i = 0; i < 1000; i++) {
      queue.at(
          i,
          now -> {
            if (now == 500) {
              Thread.currentThread().interrupt();
            } else if (now > 500) {
              after.add(now);
            }
          });
    }
    assertThatThrownBy(queue::runToEnd)
        .isInstanceOf(CancellationException.class)
        .hasMessage("simulation was interrupted");
    assertThat(after).isEmpty();
    assertThat(Thread.interrupted()).isFalse();
  }

  private static final String LONG =
      """
      program long one_tile
        array y: f32[64, 64] out
        buffer a: f32[64, 64] tsram x1
        queue tvp
          map a[0] = 0.0
          repeat %i = 0 .. 60000000
            map a[0] = (a[0] + 1.0)
      """;

  @Test
  void run_interruptedFromAnotherThread_stops_andTheSimulatorStaysUsable()
      throws InterruptedException {
    var simulator = Simulator.on(Chip.TOY);
    var ended = new AtomicReference<Throwable>();
    var worker =
        new Thread(() -> {
          try {
            simulator.run(Npl.parse(LONG), Launch.of(List.of(HostArray.zeros(DType.F32, 64, 64))));
          } catch (CancellationException stopped) {
            ended.set(stopped);
          }
        });
    worker.start();
    worker.interrupt();
    worker.join();
    assertThat(ended.get()).hasMessage("simulation was interrupted");
    var arrays = Gemm.arrays(DType.BF16, DType.F32);
    Program program = Gemm.program(Gemm.Mistake.NONE, 2, DType.BF16, DType.F32);
    simulator.run(program, Launch.of(arrays));
    assertThat(arrays.get(2).toFloats()).isEqualTo(Gemm.expected(arrays, Gemm.BM, Gemm.BN, Gemm.K));
  }

  @Test
  void explore_interrupted_leavesTheArraysAsTheEagerRunDid() {
    var arrays = Gemm.arrays(DType.BF16, DType.F32);
    Program program = Gemm.program(Gemm.Mistake.NONE, 2, DType.BF16, DType.F32);
    Explore.on(Chip.TOY).run(program, Launch.of(arrays), 1);
    assertThat(arrays.get(2).toFloats()).isEqualTo(Gemm.expected(arrays, Gemm.BM, Gemm.BN, Gemm.K));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Explore.on(Chip.TOY).run(program, Launch.of(arrays), 1))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void fourThreads_onOneSimulator_giveTheRecordsAndBitsOfOne() throws InterruptedException {
    var simulator = Simulator.on(Chip.TOY);
    DType[] types = {DType.BF16, DType.F16, DType.FP8_E4M3, DType.FP4_E2M1};
    var records = new RunRecord[2][types.length];
    var results = new float[2][types.length][];
    for (int i = 0; i < types.length; i++) {
      one(simulator, types[i], records[0], results[0], i);
    }
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < types.length; i++) {
      int at = i;
      threads.add(
          new Thread(() -> {
            for (int again = 0; again < 5; again++) {
              one(simulator, types[at], records[1], results[1], at);
            }
          }));
    }
    threads.forEach(Thread::start);
    for (Thread t : threads) {
      t.join();
    }
    assertThat(records[1]).isEqualTo(records[0]);
    assertThat(results[1]).isDeepEqualTo(results[0]);
  }

  private static void one(
      Simulator simulator, DType type, RunRecord[] records, float[][] results, int at) {
    var arrays = Gemm.arrays(type, DType.F32);
    records[at] =
        simulator.run(Gemm.program(Gemm.Mistake.NONE, 2, type, DType.F32), Launch.of(arrays));
    results[at] = arrays.get(2).toFloats();
  }
}
