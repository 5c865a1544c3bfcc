package maia.bench;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// The operations of the table. Ours are called as a user calls them: on tensors, with a fresh
/// result.
final class Cases {
  private final Optional<DjlPeer> djl;
  private final Optional<OrtPeer> ort;
  private final List<BlasPeer> blas;
  private final List<Case> cases = new ArrayList<>();

  Cases(Peers peers) {
    this.djl = peers.djl();
    this.ort = peers.ort();
    this.blas = peers.blas();
  }

  /// All cases, in the order of the table.
  List<Case> all() {
    for (int size : new int[] {256, 512, 1024, 2048}) {
      double cube = (double) size * size * size;
      add("sgemm", "sgemm " + size + "^3", 2 * cube, 12.0 * size * size, () -> square(size));
    }
    for (int rows : new int[] {1, 8}) {
      double weights = 4096.0 * 4096;
      add(
          "skinny",
          "linear " + rows + "x4096^2",
          2 * rows * weights,
          4 * weights,
          () -> skinny(rows));
    }
    cases.addAll(new RowCases(djl, ort).all());
    attention(12, 128, 64);
    attention(12, 512, 64);
    add("gpt2 prefill", "gpt2 prefill 128", Gpt2.flops(128), 0, () -> Gpt2.prefill(djl, 128));
    add("gpt2 decode", "gpt2 decode", 0, Gpt2.bytes(), () -> Gpt2.decode(djl, 128));
    return cases;
  }

  private void attention(int heads, int tokens, int width) {
    add(
        "attention",
        "attention " + heads + "x" + tokens + "x" + width,
        4.0 * heads * tokens * tokens * width,
        0,
        () -> {
          float[] values = Values.of(heads * tokens * width);
          Tensor x = Tensor.of(values, heads, tokens, width);
          List<Contender> all = RowCases.start(() -> Functional.scaledDotProductAttention(x, x, x));
          djl.ifPresent(peer -> {
            NDArray y = peer.array(values, heads, tokens, width);
            all.add(DjlPeer.contender(() -> steps(y, Math.sqrt(width))));
          });
          return all;
        });
  }

  /// As its steps: this engine's Java side has no fused form.
  private static NDArray steps(NDArray x, double root) {
    try (NDArray turned = x.transpose(0, 2, 1);
        NDArray scores = x.matMul(turned);
        NDArray scaled = scores.div(root);
        NDArray weights = scaled.softmax(-1)) {
      return weights.matMul(x);
    }
  }

  private void add(
      String group, String name, double flops, double bytes, Supplier<List<Contender>> make) {
    cases.add(new Case(group, name, flops, bytes, make));
  }

  private List<Contender> square(int n) {
    float[] a = Values.of(n * n);
    float[] b = Values.of(n * n);
    Tensor x = Tensor.of(a, n, n);
    Tensor y = Tensor.of(b, n, n);
    List<Contender> all = RowCases.start(() -> x.matmul(y));
    blas.forEach(peer -> all.add(peer.contender(n, n, n, a, b, false)));
    djl.ifPresent(peer -> {
      NDArray left = peer.array(a, n, n);
      NDArray right = peer.array(b, n, n);
      all.add(DjlPeer.contender(() -> left.matMul(right)));
    });
    ort.ifPresent(peer -> {
      byte[] model = new OnnxModel("MatMul").input("a", n, n).input("b", n, n).output(1, n, n);
      all.add(
          peer.contender(
              model, Map.of("a", peer.tensor(a, n, n), "b", peer.tensor(b, n, n)), n, n));
    });
    return all;
  }

  private List<Contender> skinny(int rows) {
    int n = 4096;
    float[] a = Values.of(rows * n);
    float[] w = Values.of(n * n);
    Tensor x = Tensor.of(a, rows, n);
    Tensor weight = Tensor.of(w, n, n);
    List<Contender> all = RowCases.start(() -> x.linear(weight));
    blas.forEach(peer -> all.add(peer.contender(rows, n, n, a, w, true)));
    djl.ifPresent(peer -> {
      NDArray left = peer.array(a, rows, n);
      NDArray right = peer.array(w, n, n).transpose();
      all.add(DjlPeer.contender(() -> left.matMul(right)));
    });
    ort.ifPresent(peer -> {
      byte[] model =
          new OnnxModel("Gemm")
              .input("a", rows, n)
              .constant("w", w, n, n)
              .attribute("transB", 1L)
              .output(1, rows, n);
      all.add(peer.contender(model, Map.of("a", peer.tensor(a, rows, n)), rows, n));
    });
    return all;
  }
}
