package maia.runtime.ops;

import java.util.List;
import java.util.Optional;
import maia.numerics.ElementType;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.View;

/// The operations of tensors on the simulated chip.
public final class DeviceOps {
  private static final Table TABLE = build();

  private DeviceOps() {}

  private static Table build() {
    Table table = new Table();
    ViewSteps.enter(table);
    ConversionSteps.enter(table);
    UnarySteps.enter(table);
    PairSteps.enter(table);
    SelectionSteps.enter(table);
    ReductionSteps.enter(table);
    RowSteps.enter(table);
    ProductSteps.enter(table);
    AttentionSteps.enter(table);
    ConvolutionSteps.enter(table);
    WindowSteps.enter(table);
    IndexSteps.enter(table);
    OrderSteps.enter(table);
    LossSteps.enter(table);
    Refusals.enter(table);
    return table;
  }

  /// Every operation with what it takes and how near to the host it is.
  public static Table table() {
    return build();
  }

  /// What the words for types in the table stand for.
  public static String legend() {
    return Types.legend();
  }

  /// Whether the chip computes operations like `op`; a type or shape may still be refused.
  public static boolean supports(Op op) {
    return TABLE.entry(op).isPresent();
  }

  /// The result of one operation. With shape-only inputs only time and energy are simulated.
  public static Tensor run(Launching launching, Op op, List<Tensor> inputs) {
    return new Runner(launching).run(op, inputs);
  }

  /// A linear layer with its epilogue.
  public static Tensor linear(
      Launching launching, LinearSpec spec, Tensor x, Tensor w, Optional<Tensor> bias) {
    return ProductSteps.linear(new Runner(launching), spec, x, w, bias);
  }

  /// Products of one input and what is computed of their results.
  public static List<Tensor> products(
      Launching launching,
      GroupSpec spec,
      Tensor x,
      List<Tensor> weights,
      List<Optional<Tensor>> biases,
      List<Tensor> operands) {
    var arguments = new ProductGroups.Arguments(x, weights, biases, operands);
    return ProductGroups.run(new Runner(launching), spec, arguments);
  }

  /// Copies `values`, which broadcasts, into `to`, of the same type.
  public static void write(Launching launching, Tensor to, Tensor values) {
    new Runner(launching).copy(values, to);
  }

  static Tensor run(Runner on, Op op, List<Tensor> inputs) {
    Table.Entry<?> entry =
        TABLE.entry(op).orElseThrow(() -> on.refusal(op, "no kernel of the library computes it"));
    return run(on, entry, op, inputs);
  }

  private static <O extends Op> Tensor run(
      Runner on, Table.Entry<O> entry, Op op, List<Tensor> inputs) {
    Tensor like = op.meta(inputs);
    inputs.forEach(x -> check(on, entry, op, x.type()));
    if (!(op instanceof View)) {
      if (!Types.EVERYTHING.take(like.type())) {
        throw on.refusal(op, "the chip has no " + like.type().label());
      }
      if (like.elements() == 0) {
        return on.empty(inputs, like);
      }
    }
    return entry.step().run(on, entry.op().cast(op), inputs, like);
  }

  private static void check(Runner on, Table.Entry<?> entry, Op op, ElementType type) {
    if (!entry.types().take(type)) {
      throw on.refusal(
          op, "the kernel takes %s, got %s".formatted(entry.types().words(), type.label()));
    }
  }
}
