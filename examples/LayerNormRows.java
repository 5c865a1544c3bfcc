import static maia.numerics.DType.F32;

import maia.kernel.library.LayerNorm;
import maia.machine.Chip;
import maia.tensor.Dims;
import maia.tensor.Tensor;

/// The library's layer norm against the same in tensor operations: one kernel against many passes over memory. Run it with
/// `./maia run examples/LayerNormRows.java`.
void main() {
  int rows = 200;
  int columns = 700;
  var x = Tensor.randn(F32, 1, rows, columns);
  var w = Tensor.rand(F32, 2, columns);
  var b = Tensor.rand(F32, 3, columns);
  var y = Tensor.empty(F32, rows, columns);
  var mean = Tensor.empty(F32, rows);
  var rstd = Tensor.empty(F32, rows);
  var kernel = LayerNorm.forward(rows, columns, F32, Chip.MAIA_200);
  IO.println(kernel.run(x, w, b, y, mean, rstd, 1e-5f));

  var centred = x.sub(x.mean(Dims.KEEP, 1));
  var host = centred.div(centred.mul(centred).mean(Dims.KEEP, 1).add(1e-5f).sqrt()).mul(w).add(b);
  double off = y.sub(host).abs().max().item();
  IO.println("largest difference to the host below 1e-5: " + (off < 1e-5));
}
