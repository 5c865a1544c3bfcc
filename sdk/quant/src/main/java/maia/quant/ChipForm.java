package maia.quant;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Dims;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;

/// How the chip computes a [StoredLinear]: as operations on tensors, with the bits of the host
/// where the library's kernels have them.
///
/// Inputs are stored as blocks, or as numbers under scales and read back; weights are blocks where
/// they have a block format, and else the values they stand for, in F32.
///
/// @param inputs what becomes of the inputs
/// @param weight the stored weights
record ChipForm(Inputs inputs, Tensor weight) {
  private static final double WHOLE = 0x1.8p23;

  /// What becomes of inputs.
  private sealed interface Inputs {
    /// They stay as they are.
    record Plain() implements Inputs {}

    /// Blocks, scales found anew.
    record Blocks(BlockFormat format, Quantizer quantizer) implements Inputs {}

    /// A floating-point format or integers under scales for rows, groups of columns or all, found
    /// anew.
    record Scaled(Grid grid, Sharing sharing) implements Inputs {}

    /// A floating-point format or integers under one fixed scale.
    record Fixed(Grid grid, float scale) implements Inputs {}
  }

  /// The form of `layer`; empty when the library has no kernels for it.
  static Optional<ChipForm> of(StoredLinear layer) {
    return refusal(layer).isPresent()
        ? Optional.empty()
        : Optional.of(
            new ChipForm(
                inputs(layer).orElseThrow(),
                BlockTensor.of(layer.stored()).orElse(layer.values())));
  }

  /// Why the library has no kernels for `layer`; empty when it has.
  static Optional<String> refusal(StoredLinear layer) {
    if (layer.preparation().rotation().isPresent()) {
      return Optional.of("rotates its inputs in fp64");
    }
    return inputs(layer).isPresent()
        ? Optional.empty()
        : layer
            .inputs()
            .map(i ->
                i.quantizer().sharing() instanceof Sharing.Groups(int size)
                        && layer.stored().columns() % size != 0
                        && BlockTensor.format(i.quantizer()).isEmpty()
                    ? "stores %d inputs in groups of %d, which do not divide them"
                        .formatted(layer.stored().columns(), size)
                    : "stores its inputs as " + i.label());
  }

  private static Optional<Inputs> inputs(StoredLinear layer) {
    Optional<InputStore> store = layer.inputs();
    int columns = layer.stored().columns();
    if (store.isEmpty()) {
      return Optional.of(new Inputs.Plain());
    }
    Quantizer q = store.get().quantizer();
    boolean isPlain =
        q.rounding() == Rounding.NEAREST_EVEN
            && (q.range() instanceof Range.MinMax || store.get().fixed().isPresent());
    if (!isPlain) {
      return Optional.empty();
    }
    Optional<BlockFormat> format = BlockTensor.format(q);
    if (format.isPresent() && store.get().fixed().isEmpty()) {
      boolean isDividing =
          !(q.scale() instanceof Scale.TwoLevel(NvOrder order)) || order == NvOrder.DIVIDE;
      return isDividing ? Optional.of(new Inputs.Blocks(format.get(), q)) : Optional.empty();
    }
    boolean isScaled =
        q.scale() instanceof Scale.Symmetric
            && (q.grid() instanceof Grid.Floats || q.grid() instanceof Grid.Ints);
    return isScaled ? scaled(q, store.get().fixed(), columns) : Optional.empty();
  }

  private static Optional<Inputs> scaled(Quantizer q, Optional<List<Scaling>> fixed, int columns) {
    if (fixed.isPresent()) {
      return fixed.get().size() == 1 && fixed.get().getFirst().scale() > 0
          ? Optional.of(new Inputs.Fixed(q.grid(), fixed.get().getFirst().scale()))
          : Optional.empty();
    }
    boolean isBuilt =
        switch (q.sharing()) {
          case Sharing.Rows _, Sharing.Tensor _ -> true;
          case Sharing.Groups(int size) -> columns % size == 0;
          case Sharing.Blocks _ -> false;
        };
    return isBuilt ? Optional.of(new Inputs.Scaled(q.grid(), q.sharing())) : Optional.empty();
  }

  /// The layer's output before the bias is rounded; `x` is F32, prepared.
  Tensor output(Tensor x, Optional<Tensor> bias, int groups) {
    Tensor read =
        switch (inputs) {
          case Inputs.Plain _ -> x;
          case Inputs.Blocks(var format, var q) ->
              x.quantize(
                  format,
                  q.scale() instanceof Scale.PowerOfTwo(var rule)
                      ? rule
                      : maia.numerics.ScaleRule.FLOOR);
          case Inputs.Scaled(var grid, Sharing.Groups(int size)) -> grouped(x, grid, size);
          case Inputs.Scaled(var grid, var sharing) ->
              readBack(x, grid, scale(x, sharing instanceof Sharing.Tensor, grid));
          case Inputs.Fixed(var grid, var scale) -> elements(x.div(scale), grid).mul(scale);
        };
    Tensor there = moved(weight, x);
    return Linear.product(read, there, bias.map(b -> moved(b, x)), DType.F32, groups);
  }

  /// `constant` where `x` is; shape-only tensors meet any.
  static Tensor moved(Tensor constant, Tensor x) {
    return x.isMeta() ? constant : constant.to(x.device());
  }

  private static Tensor grouped(Tensor x, Grid grid, int size) {
    long[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank() - 1] /= size;
    shape[x.rank()] = size;
    Tensor groups = x.reshape(shape);
    return readBack(groups, grid, scale(groups, false, grid)).reshape(x.shape());
  }

  /// 1 where all is zero: what is divided by it stays zero.
  private static Tensor scale(Tensor x, boolean isOne, Grid grid) {
    Tensor most = isOne ? x.abs().amax() : x.abs().amax(Dims.KEEP, x.rank() - 1);
    Tensor scale = most.div(grid.largest()).clampMin(Float.MIN_NORMAL);
    return most.eq(0).where(moved(Tensor.ones(), x), scale);
  }

  private static Tensor readBack(Tensor x, Grid grid, Tensor scale) {
    return elements(x.div(scale), grid).mul(scale);
  }

  /// The nearest elements of the grid: whole numbers by adding and taking away a number so large
  /// that binary32 has no fractions there, ties to even.
  private static Tensor elements(Tensor x, Grid grid) {
    return grid instanceof Grid.Floats(DType type)
        ? x.to(type).to(DType.F32)
        : x.clamp(-grid.largest(), grid.largest()).add(WHOLE).sub(WHOLE);
  }
}
