package maia.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.base.Check;
import maia.tensor.nn.Embedding;
import maia.tensor.nn.Flatten;
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

  /// The network of modular addition, for pairs `[batch, 2]` of numbers below `modulus`: a learned
  /// vector of 64 for each number, then two hidden layers of 256.
  public static Sequential modularAddition(int modulus, long seed) {
    int width = 64;
    return Sequential.of(
        new Embedding(modulus, width, seed),
        new Flatten(),
        new Linear(2 * width, 256, seed + 1),
        new ReLU(),
        new Linear(256, 256, seed + 2),
        new ReLU(),
        new Linear(256, modulus, seed + 3));
  }

  /// The network of the digits data set: 256-128-64-10.
  public static Sequential digits(long seed) {
    return of(seed, 256, 128, 64, 10);
  }
}
