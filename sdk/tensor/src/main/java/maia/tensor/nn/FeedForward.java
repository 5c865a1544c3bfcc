package maia.tensor.nn;

import java.util.function.BiConsumer;
import maia.tensor.Tensor;

/// The two linear layers of a transformer layer, registered with it as `linear1`, `dropout` and
/// `linear2`.
final class FeedForward {
  private final Linear up;
  private final Module activation;
  private final Dropout dropout;
  private final Linear down;

  FeedForward(TransformerSettings settings, BiConsumer<String, Module> register, long seed) {
    up = new Linear(settings.width(), settings.feedForward(), seed);
    activation = settings.activation().module();
    dropout = new Dropout(settings.dropout(), seed);
    down = new Linear(settings.feedForward(), settings.width(), seed + 1);
    register.accept("linear1", up);
    register.accept("dropout", dropout);
    register.accept("linear2", down);
  }

  Tensor of(Tensor x) {
    return down.call(dropout.call(activation.call(up.call(x))));
  }
}
