package maia.runtime;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.Run;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.models.Mlp;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Comparison;
import maia.sim.Debugger;
import maia.sim.Moment;
import maia.sim.Options;
import maia.sim.Snapshot;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// The state of the chip at a cycle of a run that is over.
class StopAtCycleTest {
  private static final SimulatedLauncher TOY = new SimulatedLauncher(Chip.TOY, Options.defaults());

  private static KernelRun sum(HostArray out) {
    HostArray x = HostArray.of(new float[] {1, 2, 3, 4}, F32, 4);
    return (KernelRun) VectorAdd.KERNEL.grid(1).on(TOY).run(x, x, out);
  }

  @Test
  void at_aCycleOfAKernelRun_showsQueuesAndMemoryThere() {
    HostArray out = HostArray.zeros(F32, 4);
    KernelRun run = sum(out);
    Snapshot early = run.at(1);
    Snapshot late = run.at(run.cycles());
    assertThat(early.cycle()).isEqualTo(1);
    assertThat(early.place("tile 0").buffers()).isEmpty();
    assertThat(late.place("tile 0").buffers()).isNotEmpty();
    assertThat(late.toString()).startsWith("cycle " + run.cycles() + " (");
    assertThat(late.mime()).containsEntry("text/plain", late.toString());
    assertThat(run.at(run.cycles() / 2)).isEqualTo(run.at(run.cycles() / 2));
    assertThat(out.toFloats()).containsExactly(2, 4, 6, 8);
  }

  @Test
  void debug_ofAKernelRun_endsWithTheSameRecord() {
    KernelRun run = sum(HostArray.zeros(F32, 4));
    Debugger debugger = run.debug();
    assertThat(debugger.resume().kind()).isEqualTo(Moment.Kind.END);
    assertThat(debugger.result()).contains(run.record());
  }

  private static final Kernel TWICE =
      Kernel.define(
          "twice",
          k -> {
            var x = k.inOut("x", F32, 1);
            var at = k.arange(4);
            x.at(at).store(x.at(at).load().mul(2f));
          });

  @Test
  void debug_ofARunThatChangedItsInput_isRefused_andPossibleBefore() {
    HostArray x = HostArray.of(new float[] {1, 2, 3, 4}, F32, 4);
    KernelCall call = TWICE.grid(1).call(KernelCall.Mode.COMPUTE, x);
    Debugger before = TOY.debug(call);
    KernelRun run = TOY.launch(call);
    assertThatThrownBy(() -> run.at(10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "debugger: 'twice' reads and writes 'x', which holds the results of the run; use SimulatedLauncher.debug(call) before it runs");
    before.resume();
    assertThat(before.array("x")).containsExactly(2, 4, 6, 8);
    assertThat(before.result()).contains(run.record());
  }

  @Test
  void at_aCycleOfASession_isInTheKernelThatRunsThen() {
    SessionRun run =
        Session.on(Chip.TOY).run(Mlp.of(5, 20, 12, 7), Tensor.randn(DType.F32, 11, 9, 20).to(F32));
    long first = run.kernels().getFirst().cycles();
    long all = run.kernels().stream().mapToLong(KernelRun::cycles).sum();
    assertThat(run.at(first)).isEqualTo(run.kernels().getFirst().at(first));
    assertThat(run.at(first + 5)).isEqualTo(run.kernels().get(1).at(5));
    assertThatThrownBy(() -> run.at(all + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "cycle %d is behind its end; it takes %d cycles".formatted(all + 1, all));
  }

  // ---- what else a finished run answers

  @Test
  void advice_ofARun_namesALineOfTheKernel() {
    Run run = sum(HostArray.zeros(F32, 4));
    assertThat(run.advice().toString())
        .startsWith("vector_add: why it takes its time")
        .contains("vector_add:");
    assertThat(run.advice().mime()).containsEntry("text/plain", run.advice().toString());
  }

  @Test
  void comparison_ofTwoRuns_showsBoth() {
    Run small = sum(HostArray.zeros(F32, 4));
    HostArray x = HostArray.zeros(F32, 4096);
    Run large = VectorAdd.KERNEL.grid(4).on(TOY).run(x, x, HostArray.zeros(F32, 4096));
    Comparison comparison = (Comparison) small.comparedWith(large);
    assertThat(comparison.speedup()).isLessThan(1);
    assertThat(comparison.rows().getFirst().second()).isEqualTo(large.picoseconds() * 1e-6);
  }

  @Test
  void exploration_ofACallWithoutAtomics_isStable_andLeavesTheResults() {
    HostArray out = HostArray.zeros(F32, 4);
    HostArray x = HostArray.of(new float[] {1, 2, 3, 4}, F32, 4);
    KernelCall call = VectorAdd.KERNEL.grid(1).call(KernelCall.Mode.COMPUTE, x, x, out);
    assertThat(TOY.explore(call, 5).isStable()).isTrue();
    assertThat(out.toFloats()).containsExactly(2, 4, 6, 8);
  }
}
