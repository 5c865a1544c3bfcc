import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import java.util.Arrays;
import maia.kernel.Kernel;
import maia.tensor.Tensor;

/// Dropout without storing a mask: the backward pass draws the same random numbers again from the same seed. Run it with
/// `./maia run examples/Dropout.java`.
void main() {
  var dropout =
      Kernel.define(
          "dropout",
          k -> {
            var x = k.in("x", F32, 1);
            var y = k.out("y", F32, 1);
            var p = k.f32("p");
            var seed = k.i64("seed");
            int block = k.meta("BLOCK", 1024);
            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            var kept = k.rand(seed, i).gt(p);
            var scaled = x.at(i).load(mask).div(p.neg().add(1));
            y.at(i).store(kept.where(scaled, 0.0), mask);
          });
  int n = 20_000;
  var ones = Tensor.ones(n);
  var forward = Tensor.empty(F32, n);
  var backward = Tensor.empty(F32, n);
  IO.println(dropout.grid(cdiv(n, 1024)).run(ones, forward, 0.3f, 42));
  dropout.with("BLOCK", 256).grid(cdiv(n, 256)).run(ones, backward, 0.3f, 42);
  IO.println("kept: %.3f, mean: %.3f".formatted(kept(forward), forward.mean().item()));
  IO.println("same places again: " + Arrays.equals(forward.toArray(), backward.toArray()));
}

static double kept(Tensor y) {
  int kept = 0;
  for (float value : y.toArray()) {
    kept += value > 0 ? 1 : 0;
  }
  return (double) kept / y.toArray().length;
}
