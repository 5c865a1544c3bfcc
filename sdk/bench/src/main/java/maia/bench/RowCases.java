package maia.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.norm.LayerNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Functional;
import maia.tensor.Scope;
import maia.tensor.Tensor;

/// Operations of one or two inputs whose time is reading and writing, or one function per element.
final class RowCases {
  private static final int ROWS = 1024;

  private final Optional<DjlPeer> djl;
  private final Optional<OrtPeer> ort;
  private final List<Case> cases = new ArrayList<>();

  RowCases(Optional<DjlPeer> djl, Optional<OrtPeer> ort) {
    this.djl = djl;
    this.ort = ort;
  }

  /// All cases, in the order of the table.
  List<Case> all() {
    one("softmax", 1024, 8, x -> x.softmax(-1), x -> x.softmax(-1), new OnnxModel("Softmax"));
    norm("layer norm");
    norm("rms norm");
    one("gelu", 4096, 8, Functional::gelu, Activation::gelu, new OnnxModel("Gelu"));
    one("silu", 4096, 8, Functional::silu, x -> Activation.swish(x, 1), null);
    one("exp", 4096, 8, Tensor::exp, NDArray::exp, new OnnxModel("Exp"));
    add(1024);
    add(16384);
    one("sum rows", 4096, 4, x -> x.sum(1), x -> x.sum(new int[] {1}), null);
    one("sum columns", 4096, 4, x -> x.sum(0), x -> x.sum(new int[] {0}), null);
    one("max rows", 4096, 4, x -> x.amax(1), x -> x.max(new int[] {1}), null);
    // duplicate() of a turned array would keep its strides and copy without turning
    one("transpose", 4096, 8, x -> x.t().contiguous(), x -> x.transpose().flatten(), null);
    cast("f32 to bf16", DType.F32, DType.BF16, DataType.BFLOAT16, 6);
    cast("bf16 to f32", DType.BF16, DType.F32, DataType.BFLOAT16, 6);
    cast("f32 to f16", DType.F32, DType.F16, DataType.FLOAT16, 6);
    cast("f16 to f32", DType.F16, DType.F32, DataType.FLOAT16, 6);
    narrow("f32 to fp8", 5, x -> x.to(DType.FP8_E4M3));
    narrow("f32 to packed fp6", 4.75, x -> x.to(DType.FP6_E2M3));
    narrow("f32 to packed fp4", 4.5, x -> x.to(DType.FP4_E2M1));
    blocks("mxfp8", 5.03, BlockFormat.MXFP8_E4M3);
    blocks("mxfp6", 4.78, BlockFormat.MXFP6_E2M3);
    blocks("mxfp4", 4.53, BlockFormat.MXFP4);
    blocks("mxint8", 5.03, BlockFormat.MXINT8);
    blocks("nvfp4", 8.56, BlockFormat.NVFP4);
    return cases;
  }

  /// There, and back; NVFP4 reads its input once more for the scale of the tensor.
  private void blocks(String name, double bytes, BlockFormat format) {
    narrow("f32 to " + name, bytes, x -> x.quantize(format, ScaleRule.FLOOR));
    double back = format.tensorScale() ? bytes - 4 : bytes;
    Supplier<Tensor> block = () -> values().quantize(format, ScaleRule.FLOOR);
    narrow(name + " to f32", back, block, Tensor::dequantize);
  }

  private static Tensor values() {
    return Tensor.of(Values.of(ROWS * 4096), ROWS, 4096);
  }

  /// Without a peer: no library here has these.
  private void narrow(String name, double bytes, Function<Tensor, Tensor> ours) {
    narrow(name, bytes, RowCases::values, ours);
  }

  private void narrow(
      String name, double bytes, Supplier<Tensor> input, Function<Tensor, Tensor> ours) {
    add(
        "conversion",
        name + " " + ROWS + "x4096",
        bytes * ROWS * 4096,
        () -> {
          Tensor x = input.get();
          return start(() -> ours.apply(x));
        });
  }

  private void add(String group, String name, double bytes, Supplier<List<Contender>> make) {
    cases.add(new Case(group, name, 0, bytes, make));
  }

  private static List<Contender> start(Runnable ours) {
    Runnable freed =
        () -> {
          try (Scope _ = Tensor.scope()) {
            ours.run();
          }
        };
    return new ArrayList<>(
        List.of(new Contender("maia", freed), new Contender(Contender.COLLECTED, ours)));
  }

  private void one(
      String name,
      int columns,
      int bytes,
      Function<Tensor, Tensor> ours,
      Function<NDArray, NDArray> theirs,
      OnnxModel model) {
    add(
        name,
        name + " " + ROWS + "x" + columns,
        (double) bytes * ROWS * columns,
        () -> {
          float[] values = Values.of(ROWS * columns);
          Tensor x = Tensor.of(values, ROWS, columns);
          List<Contender> all = start(() -> ours.apply(x));
          djl.ifPresent(peer -> {
            NDArray y = peer.array(values, ROWS, columns);
            all.add(DjlPeer.contender(() -> theirs.apply(y)));
          });
          if (model != null) {
            ort.ifPresent(peer ->
                all.add(
                    peer.contender(
                        model.input("x", ROWS, columns).output(1, ROWS, columns),
                        Map.of("x", peer.tensor(values, ROWS, columns)),
                        ROWS,
                        columns)));
          }
          return all;
        });
  }

  private void norm(String name) {
    int n = 4096;
    add(
        name,
        name + " " + ROWS + "x" + n,
        8.0 * ROWS * n,
        () -> {
          float[] values = Values.of(ROWS * n);
          float[] scale = Values.of(n);
          Tensor x = Tensor.of(values, ROWS, n);
          Tensor weight = Tensor.of(scale, n);
          boolean layer = name.startsWith("layer");
          List<Contender> all =
              start(
                  layer
                      ? () -> Functional.layerNorm(x, weight, weight, 1e-5)
                      : () -> Functional.rmsNorm(x, weight, 1e-5));
          djl.ifPresent(peer -> {
            NDArray y = peer.array(values, ROWS, n);
            NDArray w = peer.array(scale, n);
            all.add(
                DjlPeer.contender(
                    layer
                        ? () -> LayerNorm.layerNorm(y, new Shape(n), w, w, 1e-5f).singletonOrThrow()
                        : () -> rms(y, w)));
          });
          if (layer) {
            ort.ifPresent(peer -> {
              byte[] model =
                  new OnnxModel("LayerNormalization")
                      .input("x", ROWS, n)
                      .constant("w", scale, n)
                      .constant("b", scale, n)
                      .output(1, ROWS, n);
              all.add(peer.contender(model, Map.of("x", peer.tensor(values, ROWS, n)), ROWS, n));
            });
          }
          return all;
        });
  }

  /// As its steps: this engine has no fused form.
  private static NDArray rms(NDArray x, NDArray weight) {
    try (NDArray squares = x.square();
        NDArray means = squares.mean(new int[] {1}, true);
        NDArray moved = means.add(1e-5f);
        NDArray root = moved.sqrt();
        NDArray normal = x.div(root)) {
      return normal.mul(weight);
    }
  }

  private void add(int columns) {
    add(
        "add",
        "add " + ROWS + "x" + columns,
        12.0 * ROWS * columns,
        () -> {
          float[] values = Values.of(ROWS * columns);
          Tensor x = Tensor.of(values, ROWS, columns);
          Tensor y = Tensor.of(values, ROWS, columns);
          List<Contender> all = start(() -> x.add(y));
          djl.ifPresent(peer -> {
            NDArray a = peer.array(values, ROWS, columns);
            NDArray b = peer.array(values, ROWS, columns);
            all.add(DjlPeer.contender(() -> a.add(b)));
          });
          ort.ifPresent(peer -> {
            byte[] model =
                new OnnxModel("Add")
                    .input("x", ROWS, columns)
                    .input("z", ROWS, columns)
                    .output(1, ROWS, columns);
            all.add(
                peer.contender(
                    model,
                    Map.of(
                        "x",
                        peer.tensor(values, ROWS, columns),
                        "z",
                        peer.tensor(values, ROWS, columns)),
                    ROWS,
                    columns));
          });
          return all;
        });
  }

  private void cast(String name, DType from, DType to, DataType narrow, int bytes) {
    int n = 4096;
    add(
        "conversion",
        name + " " + ROWS + "x" + n,
        (double) bytes * ROWS * n,
        () -> {
          float[] values = Values.of(ROWS * n);
          Tensor x = Tensor.of(values, ROWS, n).to(from);
          List<Contender> all = start(() -> x.to(to));
          // This engine ends the process when asked for bf16.
          djl.filter(peer -> narrow == DataType.FLOAT16)
              .ifPresent(peer -> {
                NDArray y = peer.array(values, ROWS, n);
                NDArray source = from == DType.F32 ? y : y.toType(narrow, true);
                DataType target = to == DType.F32 ? DataType.FLOAT32 : narrow;
                all.add(DjlPeer.contender(() -> source.toType(target, true)));
              });
          return all;
        });
  }
}
