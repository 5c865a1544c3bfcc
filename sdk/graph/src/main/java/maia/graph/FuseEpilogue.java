package maia.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;
import maia.tensor.Activation;
import maia.tensor.Binary;
import maia.tensor.Contraction;
import maia.tensor.Conversion;
import maia.tensor.Unary;

/// Joins a linear operation with what follows it, as long as each value has one reader and the
/// order is the one the kernel's epilogue computes: scale, bias, activation, scale, rounding. The
/// numbers are the same with and without.
final class FuseEpilogue {
  /// The slope of the kernel's leaky activation.
  private static final float LEAK = 0.01f;

  private final Graph graph;
  private final Map<Integer, Node> onlyReader = new HashMap<>();

  FuseEpilogue(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      for (Value input : node.inputs()) {
        if (graph.readers(input) == 1) {
          onlyReader.put(input.id(), node);
        }
      }
    }
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    List<Node> taken = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (taken.stream().anyMatch(t -> t == node)) {
        continue;
      }
      if (node.op() instanceof Contraction product
          && product.outType().isFloat()
          && isOneMatrix(node)) {
        Epilogue epilogue = new Epilogue(node, product);
        epilogue.grow();
        taken.addAll(epilogue.nodes);
        steps.add(epilogue.step());
      } else {
        steps.add(new Step.Single(node));
      }
    }
    return List.copyOf(steps);
  }

  /// Whether all rows of the left operand meet one matrix of a type that is multiplied as it is.
  private static boolean isOneMatrix(Node node) {
    Value x = node.inputs().get(0);
    Value w = node.inputs().get(1);
    return switch (node.op()) {
      case Contraction.Linear _ -> true;
      case Contraction.MatMul _ ->
          w.shape().size() == 2
              && x.type().equals(w.type())
              && x.type() instanceof DType
              && node.output().elements() > 0;
      default -> false;
    };
  }

  /// The stages of an epilogue; a stage can only be followed by a later one.
  private enum Stage {
    ACCUMULATED,
    SCALED,
    BIASED,
    ACTIVATED,
    RESCALED,
    ROUNDED,
  }

  private final class Epilogue {
    private final Node root;
    private final List<Node> nodes = new ArrayList<>();
    private Stage stage = Stage.ACCUMULATED;
    private Optional<Float> scale = Optional.empty();
    private Optional<Value> bias = Optional.empty();
    private DType between = DType.F32;
    private Step.Activation activation = Step.Activation.NONE;
    private Optional<Float> outScale = Optional.empty();
    private ElementType outType;
    private Optional<ScaleRule> rule = Optional.empty();

    Epilogue(Node root, Contraction product) {
      this.root = root;
      this.outType = product.outType();
      nodes.add(root);
      if (root.inputs().size() == 3) {
        bias = Optional.of(root.inputs().get(2));
        stage = Stage.BIASED;
      }
      if (outType != DType.F32) {
        stage = Stage.ROUNDED;
      }
    }

    void grow() {
      if (root.inputs().getFirst().shape().getLast() == 0) {
        return; // no kernel runs for a sum of no products
      }
      Value last = root.output();
      Node next = onlyReader.get(last.id());
      while (next != null && accepts(next, last)) {
        nodes.add(next);
        last = next.output();
        next = onlyReader.get(last.id());
      }
    }

    private boolean accepts(Node node, Value last) {
      return switch (node.op()) {
        case Binary.Mul _ -> scales(node, last);
        case Binary.Add _ -> adds(node, last);
        case Unary.Relu _ -> activates(Step.Activation.RELU);
        case Unary.Sigmoid _ -> activates(Step.Activation.SIGMOID);
        case Unary.Tanh _ -> activates(Step.Activation.TANH);
        case Activation.Gelu _ -> activates(Step.Activation.GELU);
        case Activation.GeluTanh _ -> activates(Step.Activation.GELU_TANH);
        case Activation.Silu _ -> activates(Step.Activation.SILU);
        case Activation.LeakyRelu(var slope) ->
            slope == LEAK && activates(Step.Activation.LEAKY_RELU);
        case Conversion.Cast cast -> rounds(cast);
        case Conversion.Quantize(var format, var by) -> {
          boolean ok = stage.compareTo(Stage.RESCALED) <= 0 && readsBlocks();
          if (ok) {
            outType = format;
            rule = Optional.of(by);
            stage = Stage.ROUNDED;
          }
          yield ok;
        }
        default -> false;
      };
    }

    private boolean scales(Node node, Value last) {
      Optional<Float> factor = other(node, last).scalar();
      if (factor.isEmpty() || !node.output().shape().equals(root.output().shape())) {
        return false;
      }
      if (stage == Stage.ACCUMULATED) {
        scale = factor;
        stage = Stage.SCALED;
        return true;
      }
      if (stage == Stage.BIASED || stage == Stage.ACTIVATED) {
        outScale = factor;
        stage = Stage.RESCALED;
        return true;
      }
      return false;
    }

    private boolean adds(Node node, Value last) {
      Value addend = other(node, last);
      long columns = root.output().shape().getLast();
      if (stage.compareTo(Stage.SCALED) > 0
          || !addend.shape().equals(List.of(columns))
          || addend.type() != DType.F32
          || !isKnownAtTheRoot(addend)) {
        return false;
      }
      bias = Optional.of(addend);
      stage = Stage.BIASED;
      return true;
    }

    /// Values are numbered as they come into being, and the step runs where its root stands.
    private boolean isKnownAtTheRoot(Value value) {
      return value.constant().isPresent() || value.id() < root.output().id();
    }

    /// Only the kernel on block formats can quantise its result.
    private boolean readsBlocks() {
      return root.inputs().stream().limit(2).allMatch(v -> v.type() instanceof BlockFormat);
    }

    /// An activation after the rounding is one of the rounded value, and its result is rounded too:
    /// what rounds to -0 stays -0 there, and would become +0 before it.
    private boolean activates(Step.Activation chosen) {
      boolean rounded = stage == Stage.ROUNDED;
      if (rounded && !isRoundedOnly() || !rounded && stage.compareTo(Stage.ACTIVATED) >= 0) {
        return false;
      }
      between = rounded ? (DType) outType : DType.F32;
      activation = chosen;
      stage = rounded ? Stage.ROUNDED : Stage.ACTIVATED;
      return true;
    }

    /// Whether nothing but scale and bias came before the rounding to a scalar type, by the kernel
    /// that has a place for it.
    private boolean isRoundedOnly() {
      return outType instanceof DType
          && root.inputs().getFirst().type() instanceof DType
          && activation == Step.Activation.NONE
          && outScale.isEmpty();
    }

    private boolean rounds(Conversion.Cast cast) {
      DType type = cast.type();
      boolean known = type.isFloat() && type != DType.F64 && type != DType.TF32;
      if (stage == Stage.ROUNDED || !known || !cast.equals(new Conversion.Cast(type))) {
        return false;
      }
      outType = type;
      stage = Stage.ROUNDED;
      return true;
    }

    private static Value other(Node node, Value last) {
      return node.inputs().get(0).id() == last.id() ? node.inputs().get(1) : node.inputs().get(0);
    }

    Step.Linear step() {
      return new Step.Linear(
          root.inputs().get(0),
          root.inputs().get(1),
          root.op() instanceof Contraction.MatMul ? Step.Order.IN_OUT : Step.Order.OUT_IN,
          scale,
          bias,
          between,
          activation,
          outScale,
          outType,
          rule,
          nodes);
    }
  }
}
