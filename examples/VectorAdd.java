import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import java.util.Arrays;
import maia.kernel.Kernel;
import maia.tensor.Tensor;

/// The first kernel: adds two vectors on the simulated chip. Run it with `./maia run examples/VectorAdd.java`.
void main() {
  var vectorAdd =
      Kernel.define(
          "vector_add",
          k -> {
            var x = k.in("x", F32, 1);
            var y = k.in("y", F32, 1);
            var out = k.out("out", F32, 1);
            int block = k.meta("BLOCK", 1024);

            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            out.at(i).store(x.at(i).load(mask).add(y.at(i).load(mask)), mask);
          });

  int n = 98_432;
  var x = Tensor.rand(F32, 1, n);
  var y = Tensor.rand(F32, 2, n);
  var sum = Tensor.empty(F32, n);
  var run = vectorAdd.grid(cdiv(n, 1024)).run(x, y, sum);

  IO.println(run);
  IO.println("same bits as the host: " + Arrays.equals(sum.toArray(), x.add(y).toArray()));
}
