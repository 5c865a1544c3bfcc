package maia.kernel;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.ir.KernelException;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// The lambda on real numbers.
class EagerTest {
  @Test
  void tile_inEagerMode_printsTypeProgramAndCorner() {
    List<String> seen = new ArrayList<>();
    Kernel kernel =
        Kernel.define(
            "twice",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.programId(0).mul(8).add(k.arange(8));
              var t = x.at(i).load().mul(2);
              seen.add(t.toString());
              y.at(i).store(t);
            });
    HostArray x =
        HostArray.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6}, F32, 16);
    HostArray y = HostArray.zeros(F32, 16);

    kernel.eager(1).run(x, y);

    assertThat(seen)
        .containsExactly("f32[8] in program (1, 0, 0) = [16.0, 18.0, 2.0, 4.0, 6.0, 8.0, ...]");
    assertThat(y.toFloats()).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 16, 18);
  }

  @Test
  void loop_inEagerMode_callsTheLambdaPerIteration() {
    List<String> seen = new ArrayList<>();
    Kernel kernel =
        Kernel.define(
            "count",
            k -> {
              var y = k.out("y", I64, 1);
              var sum = k.var(k.scalar(0));
              k.range(0, k.i64("n"))
                  .each(i -> {
                    seen.add(i.toString());
                    sum.inc(i);
                  });
              y.at(k.scalar(0)).store(sum.get());
            });
    HostArray y = HostArray.zeros(I64, 1);

    kernel.eager(0).run(y, 3);

    assertThat(seen)
        .containsExactly(
            "i64 in program (0, 0, 0) = 0",
            "i64 in program (0, 0, 0) = 1",
            "i64 in program (0, 0, 0) = 2");
    assertThat(y.toFloats()).containsExactly(3);
  }

  @Test
  void branchNotTaken_inEagerMode_hasNoValues() {
    List<String> seen = new ArrayList<>();
    Kernel kernel =
        Kernel.define(
            "choose",
            k -> {
              var y = k.out("y", I64, 1);
              var n = k.i64("n");
              var r = k.var(k.scalar(0));
              k.when(
                  n.gt(5),
                  () -> {
                    var t = n.mul(2);
                    seen.add(t.toString());
                    r.set(t);
                  },
                  () -> {
                    var t = n.add(100);
                    seen.add(t.toString());
                    r.set(t);
                  });
              y.at(k.scalar(0)).store(r.get());
            });
    HostArray y = HostArray.zeros(I64, 1);

    kernel.eager(0).run(y, 7);

    assertThat(seen).containsExactly("i64 in program (0, 0, 0) = 14", "i64, not computed here");
    assertThat(y.toFloats()).containsExactly(14);
  }

  @Test
  void outOfBounds_inEagerMode_namesProgramAndLane() {
    Kernel kernel =
        Kernel.define(
            "copy",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.programId(0).mul(64).add(k.arange(64));
              y.at(i).store(x.at(i).load(), i.lt(y.size(0)));
            });
    assertThatThrownBy(
            () -> kernel.eager(1).run(HostArray.zeros(F32, 100), HostArray.zeros(F32, 100)))
        .isInstanceOf(KernelException.class)
        .hasMessageMatching(
            "out-of-bounds load on 'x' \\[100\\] at line 7: program \\(1, 0, 0\\), lane 36 touches"
                + " element 100, mask absent; mask it with index.lt\\(x.size\\(d\\)\\) \\[K701] \\[copy:7"
                + " \\(EagerTest.java:\\d+\\)\\]")
        .satisfies(mistake ->
            assertThat(mistake.getStackTrace()[0].getClassName())
                .isEqualTo(EagerTest.class.getName()));
  }

  @Test
  void argumentsOfOtherCount_inEagerMode_areRefused() {
    Kernel kernel =
        Kernel.define(
            "copy",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              y.at(k.arange(4)).store(x.at(k.arange(4)).load());
            });
    HostArray x = HostArray.zeros(F32, 4);
    assertThatThrownBy(() -> kernel.eager(0).run(x))
        .hasMessage("'copy' takes more than the 1 arguments given: 'y' has none [K403]");
    assertThatThrownBy(() -> kernel.eager(0).run(x, HostArray.zeros(F32, 4), x))
        .hasMessage("'copy' takes 2 arguments, got 3 [K403]");
    assertThatThrownBy(() -> kernel.eager(2).grid(2))
        .hasMessage("eager of 'copy': program [2] is not one of the grid [2]");
  }

  @Test
  void tooLargeForATile_inEagerMode_isRefusedAsByTheCompiler() {
    Kernel kernel =
        Kernel.define(
            "huge",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              int n = 1 << 22;
              y.at(k.arange(n)).store(x.at(k.arange(n)).load());
            });
    HostArray x = HostArray.zeros(F32, 1 << 22);
    assertThatThrownBy(() -> kernel.eager(0).run(x, HostArray.zeros(F32, 1 << 22)))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("does not fit");
    assertThatThrownBy(() -> kernel.grid(1).interpret(x, HostArray.zeros(F32, 1 << 22)))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("does not fit");
  }
}
