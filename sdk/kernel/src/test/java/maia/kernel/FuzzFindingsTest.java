package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;

import maia.machine.Chip;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Kernels on which modes once disagreed, made small.
class FuzzFindingsTest {
  @Test
  void integers_castToTheTypeOfTheirBuffer_areConverted() {
    Kernel kernel =
        Kernel.define(
            "cast",
            k -> {
              var n = k.in("n", I32, 1);
              var y = k.out("y", BF16, 1);
              var i = k.arange(8);
              y.at(i).store(n.at(i).load().to(BF16));
            });
    long[] values = {1, 2, 3, 257, -258, 1000, -7, 0};
    Modes.agree(
        kernel.grid(1), Chip.MAIA_200, HostArray.ofLongs(values, I32, 8), HostArray.zeros(BF16, 8));
  }

  @Test
  void smallTile_readAgainAfterAnotherWasHandedBack_isStillThere() {
    Kernel kernel =
        Kernel.define(
            "twice",
            k -> {
              var a = k.in("a", F32, 2);
              var b = k.in("b", F32, 2);
              var v = k.in("v", F32, 1);
              var y = k.out("y", F32, 2);
              var z = k.out("z", F32, 2);
              var i = k.programId(0).mul(4).add(k.arange(4)).col();
              var j = k.arange(8).row();
              var ta = a.at(i, j).load();
              var tb = b.at(i, j).load();
              var tv = v.at(k.arange(8)).load();
              y.at(i, j).store(tb.mul(tv));
              z.at(i, j).store(ta.add(tv));
            });
    Modes.agree(
        kernel.grid(3),
        Chip.MAIA_200,
        Values.array(1, F32, 12, 8),
        Values.array(2, F32, 12, 8),
        Values.array(3, F32, 8),
        HostArray.zeros(F32, 12, 8),
        HostArray.zeros(F32, 12, 8));
  }
}
