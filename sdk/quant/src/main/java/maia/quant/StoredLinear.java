package maia.quant;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import org.jspecify.annotations.Nullable;

/// A linear layer whose weights are stored by any [Quantizer] and whose inputs pass through
/// another: inputs are divided by the smoothing factors, rotated, stored and read back; then the
/// product with the values of the stored weights is summed in fp32 in ascending order, and the bias
/// added.
///
/// The simulated device runs it with the same bits where inputs stay fp32, become blocks, or
/// floating-point numbers or integers under symmetric scales, and are not rotated: weights in a
/// block format stay blocks there, others are the values they stand for. NVFP4 against NVFP4 adds
/// its scales last, within 2^-20 of the sum of the terms' magnitudes. Other layers are refused
/// there by name.
public final class StoredLinear extends Module {
  private final Preparation preparation;
  private final Quantized stored;
  private final Tensor weight;
  private final Optional<Tensor> bias;
  private final int groups;
  private final Optional<InputStore> activations;
  private final Invariance invariance;
  private final String method;

  /// Made when the layer first runs on the chip: it holds the weights once more.
  private volatile @Nullable ChipForm chip;

  /// The parameters of a layer.
  ///
  /// @param stored the weights
  /// @param bias what is added
  /// @param groups as in [Linear#groups]
  record Held(Quantized stored, Optional<Tensor> bias, int groups) {}

  StoredLinear(
      Preparation preparation,
      Held held,
      Optional<InputStore> activations,
      Invariance invariance,
      String method) {
    this.preparation = preparation;
    this.stored = held.stored;
    this.weight = Tensor.of(stored.values(), stored.rows(), stored.columns());
    this.bias = held.bias;
    this.groups = held.groups;
    this.activations = activations;
    this.invariance = invariance;
    this.method = method;
  }

  /// The weights as stored, after smoothing and rotation.
  public Quantized stored() {
    return stored;
  }

  /// How inputs are stored; empty when they stay fp32.
  public Optional<Quantizer> activations() {
    return activations.map(InputStore::quantizer);
  }

  /// What static input scales were calibrated on, one for each group of columns; empty when scales
  /// are found anew for every input.
  public List<Observation> observations() {
    return activations.map(InputStore::observations).orElse(List.of());
  }

  /// How far smoothing and rotation changed the fp32 product.
  public Invariance invariance() {
    return invariance;
  }

  /// The names of the methods that made it.
  public String method() {
    return method;
  }

  /// Inputs `[rows, columns]` as they are multiplied: prepared, stored and read back.
  float[] read(float[] x, int rows, int columns) {
    float[] read = preparation.inputs(x, rows, columns);
    return activations.isPresent() ? activations.get().apply(read, rows, columns) : read;
  }

  /// Parts of the outputs that have inputs of their own, as in [Linear#groups].
  public int groups() {
    return groups;
  }

  /// The bias, where there is one.
  Optional<Tensor> bias() {
    return bias;
  }

  Preparation preparation() {
    return preparation;
  }

  Optional<InputStore> inputs() {
    return activations;
  }

  /// The weights that the stored ones stand for, without smoothing and rotation.
  Tensor plainWeights() {
    float[] back = preparation.undone(stored.values(), stored.rows(), stored.columns());
    return Tensor.of(back, stored.rows(), stored.columns());
  }

  /// Inputs after smoothing and rotation, before they are stored.
  float[] prepared(float[] x, int rows, int columns) {
    return preparation.inputs(x, rows, columns);
  }

  /// The weights after smoothing and rotation, before they were stored.
  float[] preparedWeights(float[] w) {
    return preparation.weights(w, stored.rows(), stored.columns());
  }

  /// How inputs are stored.
  String inputLabel() {
    return activations.map(InputStore::label).orElse("f32");
  }

  @Override
  public Tensor forward(Tensor x) {
    // tensors whose operations are recorded have a device and no memory
    boolean isHere =
        x.device().equals(Device.cpu()) && (x.elements() == 0 || x.segment().byteSize() > 0);
    return isHere ? onHost(x) : onChip(x);
  }

  private Tensor onHost(Tensor x) {
    checkColumns(x);
    int columns = stored.columns();
    int rows = Math.toIntExact(x.elements() / columns);
    Tensor read = Tensor.of(read(x.to(DType.F32).toArray(), rows, columns), x.shape());
    return Linear.product(read, weight, bias, DType.F32, groups);
  }

  private Tensor onChip(Tensor x) {
    ChipForm form = chip;
    if (form == null) {
      form =
          ChipForm.of(this)
              .orElseThrow(() ->
                  TensorException.of(
                      "%s: the chip has no kernels for a layer that %s; run it on the host, x.to(Device.cpu()), or store it in another way",
                      label(), ChipForm.refusal(this).orElse("")));
      chip = form;
    }
    checkColumns(x);
    Tensor wide = x.type() == DType.F32 ? x : x.to(DType.F32);
    return form.output(preparation.inputs(wide), bias, groups);
  }

  private void checkColumns(Tensor x) {
    ShapeException.check(
        x.rank() >= 1 && x.size(-1) == stored.columns(),
        "%s: inputs end in %d columns, got %s",
        label(),
        stored.columns(),
        java.util.Arrays.toString(x.shape()));
  }

  /// The values of the stored weights.
  Tensor values() {
    return weight;
  }

  @Override
  protected String label() {
    return "StoredLinear(in=%d, out=%d%s, weights %s, activations %s, %s)"
        .formatted(
            stored.columns(),
            stored.rows(),
            groups == 1 ? "" : ", groups=" + groups,
            stored.quantizer().label(),
            inputLabel(),
            method);
  }
}
