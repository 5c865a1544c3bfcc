package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import maia.tensor.nn.RotaryAngles;

/// Functions of networks for the table of differentiable operations.
final class NetworkCases {
  private static final RotaryAngles ANGLES = RotaryAngles.of(RotaryAngles.frequencies(4, 50), 2, 3);

  private NetworkCases() {}

  static List<GradientCases.Case> all() {
    return List.of(
        GradientCases.one("gelu", Functional::gelu),
        GradientCases.one("geluTanh", Functional::geluTanh),
        GradientCases.one("silu", Functional::silu),
        GradientCases.one("leakyRelu", x -> Functional.leakyRelu(x, 0.3)),
        GradientCases.one("elu", x -> Functional.elu(x, 1.3)),
        GradientCases.one("softplus", Functional::softplus),
        GradientCases.one("dropout", x -> Functional.dropout(x, 0.4, 3)),
        many(
            "layerNorm",
            x -> Functional.layerNorm(x.get(0), x.get(1), x.get(2), 1e-3),
            of(3, 4),
            of(4),
            of(4)),
        many("rmsNorm", x -> Functional.rmsNorm(x.get(0), x.get(1), 1e-3), of(3, 4), of(4)),
        many(
            "groupNorm",
            x -> Functional.groupNorm(x.get(0), 2, x.get(1), x.get(2), 1e-3),
            of(2, 4, 2),
            of(4),
            of(4)),
        many("rotary halves", x -> turned(x, Rotary.Pairs.HALVES), of(2, 3, 6)),
        many("rotary neighbours", x -> turned(x, Rotary.Pairs.NEIGHBOURS), of(3, 5)),
        many(
            "crossEntropy",
            x ->
                Functional.crossEntropy(
                    x.getFirst(),
                    Tensor.ofLongs(0, 3, -100, 1),
                    new CrossEntropy(-100, 0.2f),
                    Optional.of(Tensor.of(1, 2, 0.5f, 3)),
                    LossReduction.NONE),
            of(4, 4)),
        many(
            "attention",
            x -> attention(x, Attention.Causal.LOWER_RIGHT),
            of(2, 2),
            of(3, 2),
            of(3, 3)),
        many(
            "attention in groups with a mask",
            x -> attention(x, Attention.Causal.NONE),
            of(4, 2, 2),
            of(2, 3, 2),
            of(2, 3, 1),
            of(2, 3)));
  }

  private static Tensor turned(List<Tensor> x, Rotary.Pairs pairs) {
    return Functional.rotary(x.getFirst(), ANGLES.cos(), ANGLES.sin(), pairs);
  }

  private static Tensor attention(List<Tensor> x, Attention.Causal causal) {
    Attention settings = Attention.of(x.get(0), causal).withDropout(0.2, 5);
    return x.size() == 3
        ? Functional.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), settings)
        : Functional.scaledDotProductAttention(x.get(0), x.get(1), x.get(2), x.get(3), settings);
  }

  private static long[] of(long... shape) {
    return shape;
  }

  private static GradientCases.Case many(
      String name, Function<List<Tensor>, Tensor> function, long[]... shapes) {
    List<Tensor> inputs =
        IntStream.range(0, shapes.length)
            .mapToObj(i -> GradientCases.values(i, shapes[i]))
            .toList();
    return new GradientCases.Case(name, function, inputs, true);
  }
}
