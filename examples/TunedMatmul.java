import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.BF16;

import maia.kernel.library.Matmul;
import maia.kernel.tune.Tune;
import maia.tensor.Tensor;

/// A matrix product whose blocks are found by the autotuner: a model ranks all configurations, the simulator decides
/// among the best. Then what the compiler made of the winner. Run it with `./maia run examples/TunedMatmul.java`.
void main() {
  var a = Tensor.meta(BF16, 512, 512);
  var tuned =
      Matmul.KERNEL
          .autotune(Tune.grid("BM", 64, 128).and("BN", 64, 128).and("BK", 64, 128).keep(0.5))
          .grid(c -> cdiv(512, c.integer("BM")), c -> cdiv(512, c.integer("BN")));
  var result = tuned.tune(a, a, a);
  IO.println(
      "best of %d: %s, %,d cycles".formatted(result.trials().size(), result.best(), result.cycles()));
  tuned.best(a, a, a).explain(a, a, a).text().lines()
      .dropWhile(line -> !line.startsWith("-- memory"))
      .takeWhile(line -> !line.startsWith("-- accesses"))
      .forEach(IO::println);
}
