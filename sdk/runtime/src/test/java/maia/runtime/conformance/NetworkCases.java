package maia.runtime.conformance;

import static maia.runtime.conformance.Case.FLOATS;
import static maia.runtime.conformance.Case.FULL;
import static maia.runtime.conformance.Case.SIZED;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Attention;
import maia.tensor.CrossEntropy;
import maia.tensor.Functional;
import maia.tensor.LossReduction;
import maia.tensor.Rotary;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Products, norms, softmax, attention, convolution, losses.
final class NetworkCases {
  private static final List<DType> F32 = List.of(DType.F32);
  private static final List<DType> HALVES = List.of(DType.BF16, DType.F16);
  private static final List<DType> BYTES = List.of(DType.FP8_E4M3, DType.FP8_E5M2);

  private NetworkCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    products(cases);
    rows(cases);
    attention(cases);
    convolution(cases);
    losses(cases);
    return cases;
  }

  private static Tensor floats(Tensor a, Tensor b) {
    return a.matmul(b, DType.F32);
  }

  /// Whole numbers whose products leave all types but the widest.
  private static Tensor large(Tensor x) {
    return x.dtype() == DType.I64
        ? x.mul(1L << 25)
        : x.mul(x.dtype() == DType.I32 ? 1L << 24 : 13L);
  }

  private static void wholeProducts(List<Case> to) {
    to.add(
        Case.of(
            "matmul (integers)",
            Case.INTEGERS,
            SIZED,
            d -> List.of(large(d.x(5, 37)), large(d.fixed(37, 6))),
            in -> in.get(0).matmul(in.get(1))));
    to.add(
        Case.of(
            "matmul (integers)",
            Case.INTEGERS,
            SIZED,
            d -> List.of(d.x(3, 1, 5, 10), d.x(DType.I8, 2, 10, 4)),
            in -> in.get(0).matmul(in.get(1))));
    to.add(
        Case.of(
            "matmul (integers)",
            Case.INTEGERS,
            FULL,
            d -> List.of(d.x(70), d.x(70)),
            in -> in.get(0).matmul(in.get(1), DType.I32)));
    to.add(
        Case.of(
            "matmul (integers)",
            Case.INTEGERS,
            FULL,
            d -> List.of(d.x(4, 2, 5), d.x(3, 5)),
            in -> Tensor.einsum("bik,ok->obi", in.get(0), in.get(1))));
    to.add(
        Case.of(
            "linear (integers)",
            Case.INTEGERS,
            SIZED,
            d -> List.of(large(d.x(3, 5, 37)), large(d.fixed(6, 37)), d.fixed(6)),
            in -> in.get(0).linear(in.get(1), in.get(2))));
    to.add(
        Case.of(
            "linear (integers)",
            List.of(DType.I8, DType.I32),
            List.of(Draw.Kind.RAGGED),
            d -> List.of(d.x(5, 0), d.fixed(6, 0), d.fixed(6)),
            in -> in.get(0).linear(in.get(1), in.get(2))));
  }

  private static void products(List<Case> to) {
    wholeProducts(to);
    to.add(
        Case.of(
            "matmul",
            FLOATS,
            SIZED,
            d -> List.of(d.x(5, 37), d.fixed(37, 6)),
            in -> floats(in.get(0), in.get(1))));
    to.add(
        Case.of(
            "matmul",
            FLOATS,
            SIZED,
            d -> List.of(d.x(3, 5, 10), d.x(3, 10, 7)),
            in -> floats(in.get(0), in.get(1))));
    to.add(
        Case.of(
            "matmul",
            F32,
            FULL,
            d -> List.of(d.x(3, 1, 5, 10), d.x(2, 10, 4)),
            in -> floats(in.get(0), in.get(1))));
    to.add(
        Case.of(
            "matmul",
            HALVES,
            FULL,
            d -> List.of(d.x(5, 37), d.x(DType.F32, 37)),
            in -> in.get(0).matmul(in.get(1))));
    to.add(
        Case.of(
            "matmul",
            F32,
            FULL,
            d -> List.of(d.x(5, 0), d.x(0, 4)),
            in -> floats(in.get(0), in.get(1))));
    to.add(
        Case.of(
            "linear",
            FLOATS,
            SIZED,
            d -> List.of(d.x(3, 5, 37), d.fixed(6, 37), d.fixed(6)),
            in -> in.get(0).linear(in.get(1), in.get(2), DType.F32)));
    for (BlockFormat format :
        List.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP8_E5M2,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8,
            BlockFormat.NVFP4)) {
      String row = format == BlockFormat.NVFP4 ? "linear (nvfp4)" : "linear";
      to.add(
          Case.of(
              row,
              F32,
              List.of(Draw.Kind.RAGGED),
              d -> List.of(blocks(d.x(5, 70), format), blocks(d.x(6, 70), format)),
              in -> in.get(0).linear(in.get(1), DType.F32)));
      to.add(
          Case.of(
              "linear",
              F32,
              List.of(Draw.Kind.RAGGED),
              d -> List.of(d.x(5, 70), blocks(d.x(6, 70), format)),
              in -> in.get(0).linear(in.get(1), DType.F32)));
    }
  }

  private static Tensor blocks(Tensor x, BlockFormat format) {
    return x.quantize(format, ScaleRule.FLOOR);
  }

  private static void rows(List<Case> to) {
    for (int d = 0; d < 3; d++) {
      int dim = d;
      to.add(
          Case.of(
              "softmax",
              FLOATS,
              SIZED,
              draw -> List.of(draw.x(3, 5, 7)),
              in -> in.get(0).softmax(dim)));
      to.add(
          Case.of(
              "logSoftmax",
              FLOATS,
              SIZED,
              draw -> List.of(draw.x(3, 5, 7)),
              in -> in.get(0).logSoftmax(dim)));
    }
    to.add(
        Case.of(
            "layerNorm",
            FLOATS,
            SIZED,
            d -> List.of(d.x(4, 5, 37), d.fixed(37), d.fixed(37)),
            in -> Functional.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5)));
    to.add(
        Case.of(
            "layerNorm",
            FLOATS,
            SIZED,
            d -> List.of(d.x(4, 5, 7)),
            in -> Functional.layerNorm(in.get(0), 2, 1e-5)));
    to.add(
        Case.of(
            "rmsNorm",
            FLOATS,
            SIZED,
            d -> List.of(d.x(4, 5, 37), d.fixed(37)),
            in -> Functional.rmsNorm(in.get(0), in.get(1), 1e-5)));
    to.add(
        Case.of(
            "groupNorm",
            FLOATS,
            SIZED,
            d -> List.of(d.x(2, 6, 5, 3), d.fixed(6), d.fixed(6)),
            in -> Functional.groupNorm(in.get(0), 3, in.get(1), in.get(2), 1e-5)));
  }

  private static void attention(List<Case> to) {
    for (Attention.Causal causal : Attention.Causal.values()) {
      attention(to, "attention (f32)", F32, causal);
      attention(to, "attention (16 bits)", HALVES, causal);
      attention(to, "attention (mask, or 8 bits)", BYTES, causal);
      to.add(
          Case.of(
              "attention (mask, or 8 bits)",
              List.of(DType.F32, DType.BF16),
              FULL,
              d ->
                  List.of(
                      d.x(2, 4, 5, 12),
                      d.x(2, 2, 7, 12),
                      d.x(2, 2, 7, 9),
                      d.x(DType.F32, 5, 7).gt(0.5)),
              in ->
                  Functional.scaledDotProductAttention(
                      in.get(0),
                      in.get(1),
                      in.get(2),
                      in.get(3),
                      Attention.of(in.get(0), causal))));
    }
    for (Rotary.Pairs pairs : Rotary.Pairs.values()) {
      to.add(
          Case.of(
              "rotary",
              FLOATS,
              FULL,
              d -> List.of(d.x(2, 3, 5, 12), d.x(DType.F32, 5, 4), d.x(DType.F32, 5, 4)),
              in -> Functional.rotary(in.get(0), in.get(1), in.get(2), pairs)));
    }
  }

  private static void attention(
      List<Case> to, String row, List<DType> types, Attention.Causal causal) {
    to.add(
        Case.of(
            row,
            types,
            SIZED,
            d -> List.of(d.x(2, 4, 5, 12), d.x(2, 2, 7, 12), d.x(2, 2, 7, 12)),
            in -> Functional.scaledDotProductAttention(in.get(0), in.get(1), in.get(2), causal)));
  }

  private static void convolution(List<Case> to) {
    to.add(
        Case.of(
            "conv2d, conv1d",
            FLOATS,
            SIZED,
            d -> List.of(d.x(2, 3, 9, 8), d.fixed(5, 3, 3, 3)),
            in -> Spatial.conv2d(in.get(0), in.get(1), Window.of().padding(1))));
    to.add(
        Case.of(
            "conv2d, conv1d",
            F32,
            FULL,
            d -> List.of(d.x(1, 4, 9, 8), d.fixed(6, 2, 2, 3)),
            in ->
                Spatial.conv2d(
                    in.get(0),
                    in.get(1),
                    Window.of().padding(1, 2).stride(2, 1).dilation(1, 2).groups(2))));
    to.add(
        Case.of(
            "conv2d, conv1d",
            F32,
            FULL,
            d -> List.of(d.x(2, 3, 11), d.fixed(4, 3, 3)),
            in -> Spatial.conv1d(in.get(0), in.get(1), Window.of().padding(0, 1).stride(1, 2))));
    gradients(to);
  }

  private static void gradients(List<Case> to) {
    Window walk = Window.of().padding(1, 2).stride(2, 3).dilation(2, 1).groups(2);
    to.add(
        Case.of(
            "convTranspose2d",
            FLOATS,
            SIZED,
            d -> List.of(d.x(2, 4, 5, 6), d.fixed(4, 3, 3, 2)),
            in -> Spatial.convTranspose2d(in.get(0), in.get(1), Window.of().padding(1))));
    to.add(
        Case.of(
            "convTranspose2d",
            F32,
            FULL,
            d -> List.of(d.x(2, 4, 5, 6), d.fixed(4, 3, 3, 2)),
            in -> Spatial.convTranspose2d(in.get(0), in.get(1), walk, 1, 2)));
    to.add(
        Case.of(
            "convTranspose2d",
            F32,
            FULL,
            d -> List.of(d.x(1, 2, 5, 4), d.fixed(2, 3, 2, 1)),
            in -> Spatial.convTranspose2d(in.get(0), in.get(1), Window.of().padding(2).stride(2))));
    to.add(
        Case.of(
            "conv2dWeight",
            FLOATS,
            FULL,
            d -> List.of(d.x(2, 3, 7, 6), d.fixed(5, 3, 3, 2), d.fixed(2, 5, 7, 7)),
            in -> weight(in, Window.of().padding(1))));
    to.add(
        Case.of(
            "conv2dWeight",
            F32,
            FULL,
            d -> List.of(d.x(2, 4, 9, 8), d.fixed(6, 2, 3, 2), d.fixed(2, 6, 4, 4)),
            in -> weight(in, walk)));
  }

  /// The gradient of the weight under a gradient of the result.
  private static Tensor weight(List<Tensor> in, Window window) {
    Tensor weight = in.get(1).detach().requireGrad();
    Tensor result = Spatial.conv2d(in.get(0), weight, window);
    return Tensor.grad(List.of(result), List.of(weight), List.of(in.get(2))).getFirst();
  }

  private static void losses(List<Case> to) {
    to.add(
        Case.of(
            "crossEntropy",
            FLOATS,
            FULL,
            d -> List.of(d.x(5, 37), d.index(37, 5)),
            in ->
                Functional.crossEntropy(
                    in.get(0),
                    in.get(1),
                    new CrossEntropy(3, 0),
                    Optional.empty(),
                    LossReduction.NONE)));
    to.add(
        Case.of(
            "crossEntropy",
            F32,
            FULL,
            d -> List.of(d.x(5, 37), d.index(37, 5), Tensor.rand(DType.F32, 7, 37)),
            in ->
                Functional.crossEntropy(
                    in.get(0),
                    in.get(1),
                    new CrossEntropy(CrossEntropy.IGNORE, 0.1f),
                    Optional.of(in.get(2)),
                    LossReduction.MEAN)));
  }
}
