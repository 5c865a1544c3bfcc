package maia.quant;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What quantising did to one linear layer.
///
/// @param name its dotted name
/// @param weights how its weights are stored
/// @param inputs how its inputs are stored
/// @param method how it was made
/// @param bitsPerWeight bits of a weight, scales included
/// @param weightDistortion what storing did to the weights, after smoothing and rotation
/// @param subnormal share of the stored weights, other than zero, that are subnormal in their
///   format; 0 for integers and tables
/// @param inputDistortion what storing did to the inputs, after smoothing and rotation; empty when
///   they stay fp32
/// @param alone signal-to-noise ratio in dB of its outputs when only this layer is quantised
/// @param chain the same when the layers before it are quantised too: how errors grow with depth
/// @param scales how many groups have a scale of each binary exponent
/// @param invariance how far smoothing and rotation changed the fp32 product
public record LayerReport(
    String name,
    String weights,
    String inputs,
    String method,
    double bitsPerWeight,
    Distortion weightDistortion,
    double subnormal,
    Optional<Distortion> inputDistortion,
    double alone,
    double chain,
    SortedMap<Integer, Integer> scales,
    Invariance invariance) {
  public LayerReport {
    scales = new TreeMap<>(scales);
  }

  @Override
  public SortedMap<Integer, Integer> scales() {
    return new TreeMap<>(scales);
  }
}
