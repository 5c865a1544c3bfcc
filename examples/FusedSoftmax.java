import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.tensor.Tensor;

/// Softmax of rows in one pass over memory: largest element, exponentials, sum and quotient stay on chip. Run it with
/// `./maia run examples/FusedSoftmax.java`.
void main() {
  var softmax =
      Kernel.define(
          "softmax",
          k -> {
            var x = k.in("x", F32, 2);
            var y = k.out("y", F32, 2);
            var column = k.arange(k.meta("BLOCK", 1024));
            var mask = column.lt(x.size(1));
            k.range(k.programId(0), x.size(0), k.numPrograms(0))
                .stages(2)
                .each(row -> {
                  var v = x.at(row, column).load(mask, Double.NEGATIVE_INFINITY);
                  var e = v.sub(v.amax(0)).exp();
                  y.at(row, column).store(e.div(e.sum(0)), mask);
                });
          });
  var x = Tensor.randn(F32, 1, 720, 781);
  var y = Tensor.empty(F32, 720, 781);
  IO.println(softmax.grid(36).run(x, y));
  double off = y.sub(x.softmax(1)).abs().max().item();
  IO.println("largest difference to the host below 1e-7: " + (off < 1e-7));
}
