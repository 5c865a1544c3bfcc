package maia.kernel;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Consumer;
import maia.kernel.interp.Order;
import maia.kernel.ir.KernelException;
import maia.machine.Chip;
import maia.npl.NplException;
import maia.numerics.HostArray;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/// Loops that do not end and accesses far outside: every mode stops them, with the user's line.
class EndlessTest {
  /// The line of the call is in `line` of the kernel's text.
  private static void everyMode(
      Consumer<KernelContext> body,
      int programs,
      String onHost,
      String onChip,
      Object... arguments) {
    Kernel kernel = Kernel.define("k", body);
    refused(() -> kernel.eager(0).grid(programs).run(arguments), onHost);
    refused(() -> kernel.grid(programs).interpret(arguments), onHost);
    refused(() -> simulated(kernel, programs, arguments), onChip);
  }

  private static void simulated(Kernel kernel, int programs, Object... arguments) {
    OnSim.simulate(kernel.grid(programs).call(KernelCall.Mode.COMPUTE, arguments), Chip.TOY);
  }

  private static void refused(ThrowingCallable run, String message) {
    assertThatThrownBy(run)
        .isInstanceOfAny(KernelException.class, NplException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("EndlessTest.java:");
  }

  @Test
  void loopOfRegisters_thatNeverEnds_isStoppedInEveryMode() {
    everyMode(
        k -> {
          var y = k.out("y", I64, 1);
          var n = k.var(k.scalar(1));
          k.loopWhile(() -> n.get().gt(0), () -> n.inc(k.scalar(0)));
          y.at(k.programId(0)).store(n.get());
        },
        1,
        "loopWhile: program (0, 0, 0) has gone round 65536 times and goes on",
        "has gone round 65536 times and goes on",
        HostArray.zeros(I64, 1));
  }

  @Test
  void loopOverData_thatNeverEnds_isStopped() {
    Kernel kernel =
        Kernel.define(
            "k",
            k -> {
              var x = k.in("x", I32, 1);
              var y = k.out("y", I32, 1);
              k.loopWhile(() -> x.at(k.scalar(0)).load().eq(0), () -> {});
              y.at(k.scalar(0)).store(k.full(I32, 1));
            });
    HostArray zero = HostArray.zeros(I32, 1);
    refused(
        () -> kernel.grid(1).interpret(zero, HostArray.zeros(I32, 1)),
        "loopWhile: program (0, 0, 0) has gone round 65536 times and goes on");
    refused(
        () -> simulated(kernel, 1, zero, HostArray.zeros(I32, 1)),
        "has gone round 65536 times and goes on");
  }

  @Test
  void range_ofMoreRoundsThanAnyoneWaitsFor_isRefusedInEveryMode() {
    everyMode(
        k -> {
          var x = k.in("x", I64, 1);
          var y = k.out("y", I64, 1);
          var sum = k.var(k.scalar(0));
          k.range(k.scalar(0), x.at(k.scalar(0)).load(), k.scalar(1)).each(i -> sum.inc(i));
          y.at(k.scalar(0)).store(sum.get());
        },
        1,
        "range: from 0 to 4611686018427387904 by 1 takes 4.612e+18 rounds in program (0, 0, 0)",
        "takes 4.612e+18 rounds, at most 67108864 are run",
        HostArray.of(new float[] {0x1p62f}, I64, 1),
        HostArray.zeros(I64, 1));
  }

  @Test
  void range_thatRunsBeyond64Bits_endsInEveryMode() {
    Kernel kernel =
        Kernel.define(
            "k",
            k -> {
              var y = k.out("y", I64, 1);
              var n = k.var(k.scalar(0));
              k.range(k.scalar(5), k.scalar(Long.MAX_VALUE), k.scalar(Long.MAX_VALUE / 2))
                  .each(_ -> n.inc(k.scalar(1)));
              y.at(k.scalar(0)).store(n.get());
            });
    HostArray y = HostArray.zeros(I64, 1);
    kernel.eager(0).run(y);
    assertThat(y.toFloats()).containsExactly(2);
    kernel.grid(1).on(new OnSim(Chip.TOY)).run(y);
    assertThat(y.toFloats()).containsExactly(2);
  }

  /// Program p waits until program p + 1 has raised its flag: no order of whole programs but the
  /// descending one ends.
  private static final Kernel CHAIN =
      Kernel.define(
          "chain",
          k -> {
            var flag = k.inOut("flag", I32, 1);
            var p = k.programId(0);
            k.when(
                p.lt(k.numPrograms(0).sub(1)),
                () ->
                    k.loopWhile(() -> flag.at(p.add(1)).atomicAdd(k.full(I32, 0)).eq(0), () -> {}),
                () -> {});
            flag.at(p).atomicAdd(k.full(I32, 1));
          });

  @Test
  void spin_onAProgramThatComesLater_isRefusedByNameAndLine() {
    refused(
        () -> CHAIN.grid(3).interpret(HostArray.zeros(I32, 3)),
        "loopWhile: program (0, 0, 0) has gone round 65536 times and goes on; programs run one after the other");
  }

  @Test
  void spin_onAnotherTile_endsOnTheChip() {
    assertThatCode(() -> simulated(CHAIN, 2, HostArray.zeros(I32, 2))).doesNotThrowAnyException();
  }

  @Test
  void lock_takenAndGivenBackWithinAProgram_endsUnderEveryOrder() {
    Kernel kernel =
        Kernel.define(
            "lock",
            k -> {
              var lock = k.inOut("lock", I32, 1);
              var sum = k.inOut("sum", I32, 1);
              var zero = k.scalar(0);
              k.loopWhile(
                  () -> lock.at(zero).atomicCas(k.full(I32, 0), k.full(I32, 1)).eq(1), () -> {});
              sum.at(zero).store(sum.at(zero).load().add(k.full(I32, 1)));
              lock.at(zero).atomicXchg(k.full(I32, 0));
            });
    for (int seed = 0; seed < 5; seed++) {
      HostArray sum = HostArray.zeros(I32, 1);
      kernel.grid(7).interpret(Order.seeded(seed), HostArray.zeros(I32, 1), sum);
      assertThat(sum.toFloats()).containsExactly(7);
    }
    HostArray sum = HostArray.zeros(I32, 1);
    kernel.grid(7).on(new OnSim(Chip.TOY)).run(HostArray.zeros(I32, 1), sum);
    assertThat(sum.toFloats()).containsExactly(7);
  }

  @Test
  void grid_ofMoreProgramsThanAnyoneWaitsFor_isRefused() {
    Kernel kernel =
        Kernel.define("k", k -> k.out("y", F32, 1).at(k.programId(0)).store(k.full(F32, 1)));
    HostArray y = HostArray.zeros(F32, 1);
    for (int[] grid : new int[][] {{Integer.MAX_VALUE}, {1 << 30, 1 << 30, 1 << 30}}) {
      assertThatThrownBy(() -> kernel.grid(grid).interpret(y))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining(
              "programs, at most 67108864 are run; give each program a larger block");
      assertThatThrownBy(() -> kernel.grid(grid).on(new OnSim(Chip.TOY)).run(y))
          .isInstanceOf(KernelException.class)
          .hasMessageContaining(
              "programs, at most 67108864 are run; give each program a larger block");
    }
    assertThatThrownBy(() -> kernel.grid(0))
        .hasMessageContaining("needs one to three positive sizes");
  }
}
