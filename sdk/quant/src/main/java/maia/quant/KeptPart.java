package maia.quant;

import java.util.Map;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;

/// A part of a quantised chain that is as it was in the original, under the same names, but moved
/// and converted by itself. It runs as in use, whatever its mode.
final class KeptPart extends Mirror {
  private final Module original;

  KeptPart(Module original) {
    super(original, "", Map.of());
    this.original = original;
    eval();
  }

  @Override
  public Tensor forward(Tensor x) {
    return InUse.run(original, () -> original.runWith(tensors(), () -> original.forward(x)));
  }

  @Override
  protected String label() {
    return label(original);
  }
}
