package maia.quant;

import maia.tensor.Tensor;
import maia.tensor.nn.Module;
import maia.tensor.nn.Windowed;

/// A convolution of a quantised chain: a [StoredLinear] or [QuantLinear] over the windows of the
/// original, so that a window is what a row, a token or a group of inputs is elsewhere.
public final class StoredConv extends Module {
  private final Windowed original;
  private final Module product;

  StoredConv(Windowed original, Module product) {
    this.original = original;
    this.product = child("product", product);
  }

  /// The stored layer over windows.
  public Module product() {
    return product;
  }

  @Override
  public Tensor forward(Tensor x) {
    return original.image(product.forward(original.windows(x)));
  }

  @Override
  protected String label() {
    return "StoredConv(" + product + ")";
  }
}
