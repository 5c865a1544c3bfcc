package maia.tensor.data;

import maia.base.Check;
import maia.tensor.Tensor;

/// All sums a + b modulo n: a task that a small network first learns by heart and then, all at
/// once, understands.
public final class ModularAddition {
  /// The modulus of the standard set, of 4,096 sums.
  public static final int MODULUS = 64;

  private ModularAddition() {}

  /// Every pair once, in the order of a and then b: inputs `[n * n, 2]` I64, targets `[n * n]` I64.
  public static TensorDataset of(int modulus) {
    Check.argument(
        modulus >= 1 && modulus <= 4_096,
        "modular addition: the modulus must be 1 to 4096, was %d",
        modulus);
    int pairs = modulus * modulus;
    long[] inputs = new long[2 * pairs];
    long[] targets = new long[pairs];
    for (int i = 0; i < pairs; i++) {
      inputs[2 * i] = i / modulus;
      inputs[2 * i + 1] = i % modulus;
      int sum = i / modulus + i % modulus;
      targets[i] = sum % modulus;
    }
    return new TensorDataset(Tensor.ofLongs(inputs).reshape(pairs, 2), Tensor.ofLongs(targets));
  }
}
