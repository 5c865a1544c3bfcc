package maia.kernel.library;

import java.util.Optional;
import java.util.Set;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.Tile;
import maia.numerics.DType;

/// What follows the matrix product of a linear layer, in a fixed order: scale, bias, rounding,
/// activation, inverse scale of the result.
///
/// @param act the activation
/// @param bias the row of biases of this block
/// @param scale factor on the sums
/// @param inverseOutScale factor on the results
/// @param between the type to which sums with their bias are rounded before the activation; F32 for
///   none
record Epilogue(
    Activation act,
    Optional<Tile> bias,
    Optional<Tile> scale,
    Optional<Tile> inverseOutScale,
    DType between) {
  /// Declares the bias array when meta `BIAS` asks for it.
  static Optional<ArrayArg> bias(KernelContext k) {
    return k.meta("BIAS", false) ? Optional.of(k.in("bias", DType.F32, 1)) : Optional.empty();
  }

  /// Declares the scalars and loads the biases of `columns` columns from `column`.
  static Epilogue of(KernelContext k, Optional<ArrayArg> bias, Tile column, int columns) {
    return new Epilogue(
        k.meta("ACT", Activation.NONE),
        bias.map(array -> array.block(columns).at(column).load().row()),
        k.meta("SCALE", false) ? Optional.of(k.f32("scale")) : Optional.empty(),
        k.meta("OUT_SCALE", false) ? Optional.of(k.f32("inv_out_scale")) : Optional.empty(),
        k.meta("BETWEEN", DType.F32));
  }

  /// Whether the sums are the results.
  boolean isEmpty() {
    return act == Activation.NONE
        && bias.isEmpty()
        && scale.isEmpty()
        && inverseOutScale.isEmpty()
        && between == DType.F32;
  }

  Tile apply(Tile acc) {
    Tile value = scale.map(acc::mul).orElse(acc);
    value = bias.map(value::add).orElse(value);
    value = between == DType.F32 ? value : value.to(between).to(DType.F32);
    value = act.apply(value);
    return inverseOutScale.map(value::mul).orElse(value);
  }

  /// The metas of a launch.
  static Kernel with(Kernel kernel, Activation act, Set<Linear.Part> parts) {
    return kernel
        .with("ACT", act)
        .with("BIAS", parts.contains(Linear.Part.BIAS))
        .with("SCALE", parts.contains(Linear.Part.SCALE))
        .with("OUT_SCALE", parts.contains(Linear.Part.OUT_SCALE));
  }
}
