package maia.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// What one kernel call (or one view of memory) computes.
public sealed interface Step {
  /// The results, at least one.
  List<Value> outputs();

  /// What it reads, constants included; nothing twice.
  List<Value> inputs();

  /// The operations it covers, in order.
  List<Op> ops();

  /// `y = act(x w^T * scale + bias) * outScale`, rounded to `outType`.
  ///
  /// @param x activations, K in the last dimension
  /// @param weight weights, a matrix
  /// @param order which dimension of the weights is K
  /// @param scale factor of the accumulator, when there is one
  /// @param bias bias of N values, when there is one
  /// @param between the type to which the sum is rounded before the activation; F32 for none
  /// @param activation the activation
  /// @param outScale factor of the activated value, when there is one
  /// @param outType type of the result
  /// @param rule scale rule, when `outType` is a block format
  /// @param nodes the operations fused into it, the product first
  record Linear(
      Value x,
      Value weight,
      Order order,
      Optional<Float> scale,
      Optional<Value> bias,
      DType between,
      Activation activation,
      Optional<Float> outScale,
      ElementType outType,
      Optional<ScaleRule> rule,
      List<Node> nodes)
      implements Step {
    public Linear {
      nodes = List.copyOf(nodes);
    }

    /// The result.
    public Value output() {
      return nodes.getLast().output();
    }

    @Override
    public List<Value> outputs() {
      return List.of(output());
    }

    @Override
    public List<Value> inputs() {
      return Stream.concat(Stream.of(x, weight), bias.stream()).distinct().toList();
    }

    @Override
    public List<Op> ops() {
      return nodes.stream().<Op>map(Node::op).toList();
    }

    @Override
    public String toString() {
      return "%s = %s   (fused: %s)".formatted(output().typed(), formula(), names(ops()));
    }

    private String formula() {
      return "%s %s, %s%s%s%s%s%s -> %s"
          .formatted(
              nodes.getFirst().op().name(),
              x,
              weight,
              scale.map(s -> " * " + s).orElse(""),
              bias.map(b -> " + " + b).orElse(""),
              between == DType.F32 ? "" : ", to " + between.label(),
              activation == Activation.NONE
                  ? ""
                  : ", " + activation.name().toLowerCase(Locale.ROOT),
              outScale.map(s -> ", * " + s).orElse(""),
              outType.label());
    }
  }

  /// How the weights of a product lie.
  enum Order {
    /// N x K, as layers keep them.
    OUT_IN,
    /// K x N, the right operand of a matrix product.
    IN_OUT,
  }

  /// Products of one input, and operations on the elements of their results: one kernel reads the
  /// input once and writes nothing that only it reads. Every value is rounded to its type where it
  /// comes into being.
  ///
  /// @param members the products with their epilogues; same input, weights of one type, and of one
  ///   shape where there is a tail
  /// @param tail operations on elements of the shape of the results, in order
  /// @param operands the tensors that the tail reads: of the shape of the results, or one row
  /// @param numbers the constants of one element that the tail reads
  /// @param outputs the results that others read
  record Products(
      List<Linear> members,
      List<Node> tail,
      List<Value> operands,
      List<Value> numbers,
      List<Value> outputs)
      implements Step {
    public Products {
      members = List.copyOf(members);
      tail = List.copyOf(tail);
      operands = List.copyOf(operands);
      numbers = List.copyOf(numbers);
      outputs = List.copyOf(outputs);
    }

    @Override
    public List<Value> inputs() {
      return Stream.concat(members.stream().flatMap(m -> m.inputs().stream()), operands.stream())
          .distinct()
          .toList();
    }

    @Override
    public List<Op> ops() {
      return Stream.concat(
              members.stream().flatMap(m -> m.ops().stream()), tail.stream().<Op>map(Node::op))
          .toList();
    }

    @Override
    public String toString() {
      return "%s = %s%s   (fused: %s)"
          .formatted(
              outputs.stream().map(Value::typed).collect(Collectors.joining(", ")),
              members.stream().map(Linear::formula).collect(Collectors.joining(" and ")),
              operands.stream().map(v -> ", " + v).collect(Collectors.joining()),
              members.stream().map(m -> names(m.ops())).collect(Collectors.joining(" and "))
                  + (tail.isEmpty()
                      ? ""
                      : ", then " + names(tail.stream().map(Node::op).toList())));
    }
  }

  /// An operation on its own.
  ///
  /// @param node the operation, its operands and its result
  record Single(Node node) implements Step {
    /// The operation.
    public Op op() {
      return node.op();
    }

    @Override
    public List<Value> outputs() {
      return List.of(node.output());
    }

    @Override
    public List<Value> inputs() {
      return node.inputs().stream().distinct().toList();
    }

    @Override
    public List<Op> ops() {
      return List.of(node.op());
    }

    @Override
    public String toString() {
      return node.toString();
    }
  }

  /// What the operations of a [Fused] step work on together.
  enum Space {
    /// The elements of one shape, each alone.
    POINTS,
    /// The same, and rows along the last dimension: sums, norms, softmax.
    ROWS,
  }

  /// Operations that one kernel computes, reading each operand once and writing nothing that only
  /// they read. Every value is rounded to its type where it comes into being, so that the bits are
  /// those of the operations one by one.
  ///
  /// @param space whether rows are reduced
  /// @param shape the shape that all operations share: of each result, or of what is reduced
  /// @param nodes the operations in order
  /// @param inputs the tensors they read, each stretching to `shape`
  /// @param numbers the constants of one element they read
  /// @param outputs the results that others read: of `shape`, or one per row
  record Fused(
      Space space,
      List<Long> shape,
      List<Node> nodes,
      List<Value> inputs,
      List<Value> numbers,
      List<Value> outputs)
      implements Step {
    public Fused {
      shape = List.copyOf(shape);
      nodes = List.copyOf(nodes);
      inputs = List.copyOf(inputs);
      numbers = List.copyOf(numbers);
      outputs = List.copyOf(outputs);
    }

    /// `op` on tensors like `inputs` as a step of its own, where a kernel of fused operations
    /// computes it. The inputs of the step are those of the tensors that are not numbers, each once
    /// per operand, in order.
    public static Optional<Fused> alone(Op op, List<Tensor> inputs) {
      List<Value> operands = new ArrayList<>();
      for (Tensor input : inputs) {
        boolean number = input.elements() == 1 && !input.isMeta();
        operands.add(
            Value.of(operands.size(), input, number ? Optional.of(input) : Optional.empty()));
      }
      Value output = Value.of(operands.size(), op.meta(inputs), Optional.empty());
      Node node = new Node(op, operands, output, "");
      List<Value> read = operands.stream().filter(v -> !RowSpace.isNumber(v)).toList();
      List<Value> numbers = operands.stream().filter(RowSpace::isNumber).toList();
      return RowSpace.of(node)
          .map(s -> new Fused(s.space(), s.shape(), List.of(node), read, numbers, List.of(output)));
    }

    /// Whether `value`, one of the outputs, has one element per row.
    public boolean isOfRows(Value value) {
      return space == Space.ROWS && !value.shape().equals(shape);
    }

    @Override
    public List<Op> ops() {
      return nodes.stream().<Op>map(Node::op).toList();
    }

    @Override
    public String toString() {
      return "%s = fused %s   (fused: %s)"
          .formatted(
              outputs.stream().map(Value::typed).collect(Collectors.joining(", ")),
              inputs.stream().map(Value::toString).collect(Collectors.joining(", ")),
              names(ops()));
    }
  }

  private static String names(List<? extends Op> ops) {
    return ops.stream().map(Op::name).collect(Collectors.joining(" "));
  }

  /// Activations that an epilogue computes.
  enum Activation {
    /// The value itself.
    NONE,
    /// 0 where the value is below 0.
    RELU,
    /// 0.01 of the value where it is below 0.
    LEAKY_RELU,
    /// x/2 (1 + erf(x / sqrt 2)).
    GELU,
    /// The approximation of GELU by the hyperbolic tangent.
    GELU_TANH,
    /// The logistic function.
    SIGMOID,
    /// x times the logistic function of x.
    SILU,
    /// The hyperbolic tangent.
    TANH,
  }
}
