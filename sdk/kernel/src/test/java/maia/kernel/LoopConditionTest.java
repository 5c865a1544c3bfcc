package maia.kernel;

import static maia.numerics.DType.I64;
import static org.assertj.core.api.Assertions.assertThat;

import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Loops whose condition is computed in several steps, in every mode.
class LoopConditionTest {
  private static final int PROGRAMS = 3;

  /// Each program takes the numbers it owns out of runs of different length, as a grouped product
  /// takes its tiles out of groups.
  private static final Kernel RUNS =
      Kernel.define(
          "runs",
          k -> {
            var lengths = k.in("lengths", I64, 1);
            var owner = k.out("owner", I64, 1);
            var mine = k.var(k.programId(0));
            var passed = k.var(k.scalar(0));
            k.range(0, lengths.size(0))
                .each(run -> {
                  var end = passed.get().add(lengths.at(run).load());
                  k.loopWhile(
                      () -> mine.get().ge(passed.get()).and(mine.get().lt(end)),
                      () -> {
                        owner.at(mine.get()).store(run);
                        mine.inc(PROGRAMS);
                      });
                  passed.set(end);
                });
          });

  @Test
  void loopWhile_conditionOfTwoComparisons_agreesInEveryMode() {
    HostArray lengths = HostArray.ofLongs(new long[] {2, 0, 5, 3}, DType.I64, 4);
    HostArray owner = HostArray.zeros(DType.I64, 10);

    Modes.agree(RUNS.grid(PROGRAMS), Chip.TOY, lengths, owner);

    assertThat(owner.toFloats()).containsExactly(0, 0, 2, 2, 2, 2, 2, 3, 3, 3);
  }
}
