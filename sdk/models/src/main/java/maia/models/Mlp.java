package maia.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.base.Check;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;

/// Multi-layer perceptrons: linear layers with a ReLU between neighbours.
public final class Mlp {
  private Mlp() {}

  /// A perceptron with the given layer sizes, inputs first. Layer `i` draws its parameters from
  /// `seed + i`.
  public static Sequential of(long seed, int... sizes) {
    Check.argument(
        sizes.length >= 2, "mlp: needs input and output size, got %s", Arrays.toString(sizes));
    List<Module> parts = new ArrayList<>();
    for (int i = 0; i + 1 < sizes.length; i++) {
      if (i > 0) {
        parts.add(new ReLU());
      }
      parts.add(new Linear(sizes[i], sizes[i + 1], seed + i));
    }
    return Sequential.of(parts.toArray(Module[]::new));
  }

  /// The network of the digits data set: 256-128-64-10.
  public static Sequential digits(long seed) {
    return of(seed, 256, 128, 64, 10);
  }
}
