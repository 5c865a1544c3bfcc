import static maia.numerics.DType.I32;

import maia.base.MaiaException;
import maia.kernel.Kernel;
import maia.numerics.HostArray;

/// A histogram by many programs: first a race, which the simulator refuses and names, then the same with atomics. Run it
/// with `./maia run examples/RaceAndFix.java`.
void main() {
  var x = HostArray.of(new float[] {3, 1, 2, 3, 0, 3, 1, 3, 2, 2, 0, 3}, I32, 12);
  try {
    histogram(false).grid(3).run(x, HostArray.zeros(I32, 4));
  } catch (MaiaException race) {
    IO.println(race.getMessage());
  }
  var bins = HostArray.zeros(I32, 4);
  histogram(true).grid(3).run(x, bins);
  IO.println("0, 1, 2, 3 occur " + java.util.Arrays.toString(bins.toFloats()) + " times");
}

static Kernel histogram(boolean isAtomic) {
  return Kernel.define(
      "histogram",
      k -> {
        var x = k.in("x", I32, 1);
        var bins = k.inOut("bins", I32, 1);
        var mine = x.at(k.programId(0).mul(4).add(k.arange(4))).load();
        var counts = mine.histogram(4);
        var place = bins.at(k.arange(4));
        if (isAtomic) {
          place.atomicAdd(counts);
        } else {
          place.store(place.load().add(counts));
        }
      });
}
