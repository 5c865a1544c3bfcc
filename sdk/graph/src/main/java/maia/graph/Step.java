package maia.graph;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.numerics.ElementType;
import maia.numerics.ScaleRule;
import maia.tensor.Op;

/// What one kernel call (or one view of memory) computes.
public sealed interface Step {
  /// The result.
  Value output();

  /// The operations it covers, in order.
  List<Op> ops();

  /// `y = act(x w^T * scale + bias) * outScale`, rounded to `outType`.
  ///
  /// @param x activations, K in the last dimension
  /// @param weight weights, N x K
  /// @param scale factor of the accumulator, when there is one
  /// @param bias bias of N values, when there is one
  /// @param activation the activation
  /// @param outScale factor of the activated value, when there is one
  /// @param outType type of the result
  /// @param rule scale rule, when `outType` is a block format
  /// @param output the result
  /// @param ops the operations fused into it
  record Linear(
      Value x,
      Value weight,
      Optional<Float> scale,
      Optional<Value> bias,
      Activation activation,
      Optional<Float> outScale,
      ElementType outType,
      Optional<ScaleRule> rule,
      Value output,
      List<Op> ops)
      implements Step {
    public Linear {
      ops = List.copyOf(ops);
    }

    @Override
    public String toString() {
      return "%s = linear %s, %s%s%s%s%s -> %s   (fused: %s)"
          .formatted(
              output.typed(),
              x,
              weight,
              scale.map(s -> " * " + s).orElse(""),
              bias.map(b -> " + " + b).orElse(""),
              activation == Activation.NONE
                  ? ""
                  : ", " + activation.name().toLowerCase(Locale.ROOT),
              outScale.map(s -> ", * " + s).orElse(""),
              outType.label(),
              ops.stream().map(Op::name).collect(Collectors.joining(" ")));
    }
  }

  /// An operation on its own.
  ///
  /// @param op the operation
  /// @param inputs its operands
  /// @param output the result
  record Single(Op op, List<Value> inputs, Value output) implements Step {
    public Single {
      inputs = List.copyOf(inputs);
    }

    @Override
    public List<Op> ops() {
      return List.of(op);
    }

    @Override
    public String toString() {
      return new Node(op, inputs, output).toString();
    }
  }

  /// Activations that an epilogue computes.
  enum Activation {
    /// The value itself.
    NONE,
    /// 0 where the value is below 0.
    RELU,
  }
}
