package maia.quant;

import java.util.Optional;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Module;

/// A linear layer whose weights are stored by any [Quantizer] and whose inputs pass through
/// another, on the host: inputs are divided by the smoothing factors, rotated, stored and read
/// back; then the product with the values of the stored weights is summed in fp32 in ascending
/// order, and the bias added. Layers that the simulated device runs are [QuantLinear].
public final class StoredLinear extends Module {
  private final Preparation preparation;
  private final Quantized stored;
  private final Tensor weight;
  private final Tensor bias;
  private final Optional<Quantizer> activations;
  private final String method;

  StoredLinear(
      Preparation preparation,
      Quantized stored,
      Tensor bias,
      Optional<Quantizer> activations,
      String method) {
    this.preparation = preparation;
    this.stored = stored;
    this.weight = Tensor.of(stored.values(), stored.rows(), stored.columns());
    this.bias = bias;
    this.activations = activations;
    this.method = method;
  }

  /// The weights as stored, after smoothing and rotation.
  public Quantized stored() {
    return stored;
  }

  /// How inputs are stored; empty when they stay fp32.
  public Optional<Quantizer> activations() {
    return activations;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (x.device() != Device.cpu()) {
      throw TensorException.of(
          "%s runs on the host; move the input there with .to(Device.cpu()), or use a Scheme that the device runs",
          label());
    }
    int columns = stored.columns();
    int rows = Math.toIntExact(x.elements() / columns);
    float[] read = preparation.inputs(x.to(DType.F32).toArray(), rows, columns);
    float[] kept = activations.isPresent() ? activations.get().fake(read, rows, columns) : read;
    return Tensor.of(kept, x.shape()).linear(weight, bias, DType.F32);
  }

  @Override
  protected String label() {
    return "StoredLinear(in=%d, out=%d, weights %s, activations %s, %s)"
        .formatted(
            stored.columns(),
            stored.rows(),
            stored.quantizer().label(),
            activations.map(Quantizer::label).orElse("f32"),
            method);
  }
}
