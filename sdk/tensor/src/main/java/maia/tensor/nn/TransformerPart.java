package maia.tensor.nn;

import java.util.function.UnaryOperator;
import maia.tensor.Tensor;

/// A norm and a dropout around a part whose result is added to its input.
///
/// @param norm before or after
/// @param dropout of the result of the part
/// @param place where the norm stands
record TransformerPart(LayerNorm norm, Dropout dropout, TransformerSettings.Norms place) {
  Tensor around(Tensor x, UnaryOperator<Tensor> part) {
    return switch (place) {
      case BEFORE -> x.add(dropout.call(part.apply(norm.call(x))));
      case AFTER -> norm.call(x.add(dropout.call(part.apply(x))));
    };
  }
}
