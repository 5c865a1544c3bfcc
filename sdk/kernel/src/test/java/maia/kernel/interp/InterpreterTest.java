package maia.kernel.interp;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.KernelContext;
import maia.kernel.interp.Interpreter.Checks;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// What the interpreter refuses, and how it says so; that its numbers are right is tried against
/// the simulator.
class InterpreterTest {
  /// Lines count from the helper that defines the kernel; that they are right is tried elsewhere.
  private static final String LINE = "at line \\d+";

  private static Interpretation run(
      Consumer<KernelContext> body, int programs, Object... arguments) {
    return call(body, programs, arguments).interpret();
  }

  private static KernelCall call(Consumer<KernelContext> body, int programs, Object... arguments) {
    return Kernel.define("test", body).grid(programs).call(KernelCall.Mode.COMPUTE, arguments);
  }

  private static void refuses(
      String message, Consumer<KernelContext> body, int programs, Object... arguments) {
    assertThatThrownBy(() -> run(body, programs, arguments))
        .isInstanceOf(KernelException.class)
        .extracting(mistake -> mistake.getMessage().replaceAll(LINE, "at line #"))
        .asString()
        .startsWith(message + " [test:");
  }

  private static HostArray floats(float... values) {
    return HostArray.of(values, F32, values.length);
  }

  private static HostArray longs(long... values) {
    return HostArray.ofLongs(values, I64, values.length);
  }

  // ---- memory

  @Test
  void load_beyondTheEnd_namesProgramLaneElementAndMask() {
    refuses(
        "out-of-bounds load on 'x' [100] at line #: program (1, 0, 0), lane 36 touches element 100,"
            + " mask absent; mask it with index.lt(x.size(d)) [K701]",
        k -> {
          var x = k.in("x", F32, 1);
          var y = k.out("y", F32, 1);
          var i = k.programId(0).mul(64).add(k.arange(64));
          y.at(i).store(x.at(i).load(), i.lt(y.size(0)));
        },
        2,
        HostArray.zeros(F32, 100),
        HostArray.zeros(F32, 100));
  }

  @Test
  void load_maskTooWide_saysThatTheMaskHolds() {
    refuses(
        "out-of-bounds load on 'x' [3, 6] at line #: program (0, 0, 0), lane (2, 6) touches element"
            + " (2, 6), mask true; mask it with index.lt(x.size(d)) [K701]",
        k -> {
          var x = k.in("x", F32, 2);
          var y = k.out("y", F32, 2);
          var i = k.arange(4).col();
          var j = k.arange(8).row();
          var ok = i.eq(2).and(j.lt(7));
          y.at(i, j).store(x.at(i, j).load(ok), i.lt(3).and(j.lt(6)));
        },
        1,
        HostArray.zeros(F32, 3, 6),
        HostArray.zeros(F32, 3, 6));
  }

  @Test
  void store_negativeIndex_isRefused() {
    refuses(
        "out-of-bounds store to 'y' [4] at line #: program (0, 0, 0), lane 0 touches element -1, mask"
            + " absent; mask it with index.lt(y.size(d)) [K701]",
        k -> {
          var y = k.out("y", F32, 1);
          y.at(k.arange(4).sub(1)).store(k.full(F32, 1, 4));
        },
        1,
        HostArray.zeros(F32, 4));
  }

  @Test
  void output_notWrittenCompletely_isRefused() {
    refuses(
        "output 'y' [6] was not written completely: 2 of 6 elements are missing, the first is [4];"
            + " store every element or declare it with k.inOut(...) [K704]",
        k -> {
          var y = k.out("y", F32, 1);
          y.at(k.arange(4)).store(k.full(F32, 1, 4));
        },
        1,
        HostArray.zeros(F32, 6));
  }

  @Test
  void twoPrograms_writeOneElement_isARace() {
    refuses(
        "race on 'y' [4] at line #: program (1, 0, 0) writes element [0], program (0, 0, 0) writes it"
            + " too, and nothing orders programs; give every element to one program [K703]",
        k -> {
          var y = k.out("y", F32, 1);
          y.at(k.arange(4)).store(k.full(F32, 1, 4));
        },
        2,
        HostArray.zeros(F32, 4));
  }

  @Test
  void program_readsWhatAnotherWrote_isARace() {
    refuses(
        "race on 'y' [4] at line #: program (1, 0, 0) reads element [1], program (0, 0, 0) writes it"
            + " too, and nothing orders programs; give every element to one program [K703]",
        k -> {
          var y = k.inOut("y", F32, 1);
          var p = k.programId(0);
          var t = y.at(p.max(1)).load();
          y.at(p.add(1)).store(t);
        },
        2,
        HostArray.zeros(F32, 4));
  }

  @Test
  void lock_madeOfAtomics_ordersWhatItProtects() {
    HostArray sum = floats(0);
    run(
        k -> {
          var lock = k.inOut("lock", I32, 1);
          var total = k.inOut("total", F32, 1);
          var zero = k.scalar(0);
          k.loopWhile(() -> lock.at(zero).atomicCas(0, 1).eq(1), () -> {});
          var t = total.at(zero).load();
          total.at(zero).store(t.add(1));
          lock.at(zero).atomicXchg(0);
        },
        5,
        HostArray.zeros(I32, 1),
        sum);
    assertThat(sum.toFloats()).containsExactly(5);
  }

  // ---- integers

  @Test
  void index_beyond64Bits_isRefused() {
    refuses(
        "mul of i64 in program (0, 0, 0): overflow of 64 bits [K705]",
        k -> {
          var y = k.out("y", F32, 1);
          var n = k.i64("n");
          y.at(n.mul(n).min(0)).store(k.full(F32, 1));
        },
        1,
        HostArray.zeros(F32, 1),
        1L << 40);
  }

  @Test
  void narrowIntegers_beyondTheirType_areRefused() {
    refuses(
        "add of i32 in program (0, 0, 0): overflow: 4000000000 does not fit i32; cast to i64 first [K705]",
        k -> {
          var x = k.in("x", I32, 1);
          var y = k.out("y", I32, 1);
          var t = x.at(k.arange(1)).load();
          y.at(k.arange(1)).store(t.add(t));
        },
        1,
        HostArray.ofLongs(new long[] {2_000_000_000}, I32, 1),
        HostArray.zeros(I32, 1));
  }

  @Test
  void division_byZero_isNamed() {
    refuses(
        "div of i64 in program (0, 0, 0): division by zero; guard the divisor with where(...) or"
            + " max(1) [K705]",
        k -> {
          var y = k.out("y", I64, 1);
          y.at(k.arange(1)).store(k.arange(1).add(7).div(k.i64("n")));
        },
        1,
        HostArray.zeros(I64, 1),
        0L);
  }

  // ---- assertions and prints

  @Test
  void promise_thatDoesNotHold_isRefused() {
    refuses(
        "assume: the condition at line # does not hold in program (0, 0, 0) at lane 2 [K709]",
        k -> {
          var y = k.out("y", I64, 1);
          k.assume(k.arange(4).ne(2));
          y.at(k.arange(4)).store(k.arange(4));
        },
        1,
        HostArray.zeros(I64, 4));
  }

  @Test
  void assertion_thatFails_carriesItsMessage() {
    refuses(
        "assert: too many: the condition at line # does not hold in program (1, 0, 0) at lane 0 [K708]",
        k -> {
          var y = k.out("y", I64, 1);
          var p = k.programId(0);
          k.deviceAssert(p.lt(1), "too many");
          y.at(p).store(p);
        },
        2,
        HostArray.zeros(I64, 2));
  }

  @Test
  void print_inEveryProgram_comesInOrder() {
    Interpretation done =
        run(
            k -> {
              var y = k.out("y", BF16, 1);
              var i = k.programId(0).mul(2).add(k.arange(2));
              var t = i.to(BF16);
              k.print("t", t);
              y.at(i).store(t);
            },
            2,
            HostArray.zeros(BF16, 4));
    assertThat(done.toString())
        .isEqualTo(
            """
            program (0, 0, 0): t bf16[2] = [0.0, 1.0]
            program (1, 0, 0): t bf16[2] = [2.0, 3.0]
            test: 2 programs interpreted\
            """);
  }

  // ---- control

  @Test
  void endlessLoop_interrupted_stops() {
    KernelCall call =
        call(
            k -> {
              var y = k.out("y", I64, 1);
              var n = k.var(k.scalar(0));
              k.loopWhile(() -> n.get().ge(0), () -> n.set(n.get().add(0)));
              y.at(k.scalar(0)).store(n.get());
            },
            1,
            HostArray.zeros(I64, 1));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> call.interpret())
        .isInstanceOf(CancellationException.class)
        .hasMessage("the interpreter was interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void checks_off_lookAtNothing() {
    KernelCall call =
        call(
            k -> {
              var y = k.out("y", F32, 1);
              y.at(k.arange(4)).store(k.full(F32, 1, 4));
            },
            2,
            HostArray.zeros(F32, 6));
    assertThat(call.interpret(Checks.OFF)).hasToString("test: 2 programs interpreted, checks off");
  }

  @Test
  void func_fromText_runsLikeTheTrace() {
    KernelCall traced =
        call(
            k -> {
              var x = k.in("x", I64, 1);
              var y = k.out("y", I64, 1);
              var i = k.arange(4);
              y.at(i).store(x.at(i).load().mul(3));
            },
            1,
            longs(1, 2, 3, 4),
            HostArray.zeros(I64, 4));
    HostArray y = HostArray.zeros(I64, 4);
    new KernelCall(
            Func.parse(traced.func().toString()),
            traced.metas(),
            traced.grid(),
            List.of(traced.arguments().getFirst(), y),
            traced.mode())
        .interpret();
    assertThat(y.toFloats()).containsExactly(3, 6, 9, 12);
  }

  @Test
  void outputRead_inAFunctionFromText_isUninitialised() {
    Func func =
        Func.parse(
            """
            func f(x: out f32[?])
              %0: i64[4] = iota(4) @ test:2
              %1: f32[4] = load x[%0] @ test:3
              store x[%0] %1 @ test:4
            """);
    assertThatThrownBy(
            () -> Interpreter.run(func, List.of(1), List.of(HostArray.zeros(F32, 4)), Checks.ON))
        .isInstanceOf(KernelException.class)
        .hasMessage(
            "uninitialised read of 'x' [4] at line 3: program (0, 0, 0) reads element [0], which was"
                + " not written; declare it with k.inOut(...) [K702] [test:3]");
  }

  @Test
  void run_interruptedBetweenSteps_stops() {
    Kernel kernel =
        Kernel.define("test", k -> k.out("y", F32, 1).at(k.arange(4)).store(k.zeros(F32, 4)));
    KernelCall call = kernel.grid(1).call(KernelCall.Mode.COMPUTE, HostArray.zeros(F32, 4));
    Thread.currentThread().interrupt();
    assertThatThrownBy(call::interpret).isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isFalse();
    assertThat(call.interpret().programs()).isEqualTo(1);
  }

  // ---- orders

  /// Each program takes a ticket and writes it down.
  private static void tickets(KernelContext k) {
    var counter = k.inOut("counter", I32, 1);
    var place = k.out("place", I32, 1);
    var mine = counter.at(k.arange(1)).atomicAdd(k.full(I32, 1, 1));
    place.at(k.programId(0).add(k.arange(1))).store(mine);
  }

  private static float[] tickets(Order order) {
    HostArray place = HostArray.zeros(I32, 16);
    call(InterpreterTest::tickets, 16, HostArray.zeros(I32, 1), place).interpret(Checks.ON, order);
    return place.toFloats();
  }

  @Test
  void atomics_underSeededOrders_comeInOtherOrders_theSameForOneSeed() {
    float[] ascending = new float[16];
    for (int i = 0; i < ascending.length; i++) {
      ascending[i] = i;
    }
    assertThat(tickets(Order.ASCENDING)).isEqualTo(ascending);
    assertThat(tickets(Order.seeded(1))).isNotEqualTo(ascending).containsOnly(ascending);
    assertThat(tickets(Order.seeded(1))).isEqualTo(tickets(Order.seeded(1)));
    assertThat(tickets(Order.seeded(2))).isNotEqualTo(tickets(Order.seeded(1)));
  }

  @Test
  void integerAtomics_underAnyOrder_leaveTheSameSums() {
    for (long seed = 0; seed < 10; seed++) {
      HostArray sum = HostArray.zeros(I32, 4);
      Kernel kernel =
          Kernel.define(
              "sums",
              k -> {
                var y = k.inOut("y", I32, 1);
                y.at(k.arange(4)).atomicAdd(k.programId(0).add(k.arange(4)).to(I32));
              });
      kernel.grid(8).interpret(Order.seeded(seed), sum);
      assertThat(sum.toFloats()).containsExactly(28, 36, 44, 52);
    }
  }
}
