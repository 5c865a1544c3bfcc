import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.Arrays;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.machine.Chip;
import maia.tensor.Tensor;

/// Causal attention that never stores its scores: values of a small one against the host, then the bytes that a long one
/// moves next to those its scores would take. Run it with `./maia run examples/LowMemoryAttention.java`.
void main() {
  var causal = FlashAttention.KERNEL.with("SEE", See.CAUSAL).with("OUT", F32);
  int heads = 2;
  int n = 70;
  var q = Tensor.randn(F32, 1, heads, n, 32).to(BF16);
  var k = Tensor.randn(F32, 2, heads, n, 32).to(BF16);
  var v = Tensor.randn(F32, 3, heads, n, 32).to(BF16);
  var o = Tensor.empty(F32, heads, n, 32);
  var small = new FlashAttention.Problem(heads, 1, n, 32, BF16);
  float scale = (float) (1 / StrictMath.sqrt(32));
  FlashAttention.over(causal, small, Chip.MAIA_200).run(q, k, v, o, scale);
  float[] hidden = new float[n * n];
  for (int i = 0; i < n; i++) {
    Arrays.fill(hidden, i * n + i + 1, (i + 1) * n, Float.NEGATIVE_INFINITY);
  }
  var scores = q.to(F32).matmul(k.to(F32).transpose(1, 2)).mul(scale).add(Tensor.of(hidden, n, n));
  double off = o.sub(scores.softmax(2).matmul(v.to(F32))).abs().max().item();
  IO.println("largest difference to the host below 0.02: " + (off < 0.02));

  var large = new FlashAttention.Problem(32, 4, 8192, 128, BF16);
  var query = Tensor.meta(BF16, 32, 8192, 128);
  var shared = Tensor.meta(BF16, 8, 8192, 128);
  var out = Tensor.meta(F32, 32, 8192, 128);
  var run = FlashAttention.over(causal, large, Chip.MAIA_200).timing(query, shared, shared, out, 0.088f);
  IO.println(run);
  IO.println("scores in F32 would take %.1f GB".formatted(32 * 8192.0 * 8192 * 4 / 1e9));
}
