/// Quantised modules: the same network with weights and activations in a low-precision format.
///
/// In: a trained module and data to calibrate on where a method needs it. Out: a module whose
/// forward pass computes with the real low-precision values. There are two ways in:
/// - a [Scheme]: BF16, FP8 per tensor, MX blocks. Host and simulated device give the same numbers.
/// - a [Quantizer] for weights and one for activations, with a [Method]: any [Grid] (floats of 16
///   bits and below, integers of 2 to 8 bits, NF4, own tables), shared per tensor, row, group,
///   block, head or channel, symmetric, asymmetric, affine, power-of-two or two-level scales,
///   dynamic or fixed by an [Observer]; round to nearest, [Gptq], AWQ, [Hqq], SmoothQuant, Hadamard
///   rotation. On the host, in any module; convolutions count as products of their windows,
///   recurrent layers as the products before their gates.
///
/// [Quantized] holds codes and scales, [Distortion] what storing did to a tensor, [Outcome] what it
/// did to predictions, [QuantReport] both for a model. [Qat] trains for it, [KeyValues] stores a
/// key-value cache, [Sensitivity] and [MixedPrecision] choose formats layer by layer under bits or
/// the time and energy of a [CostOracle]. [Explain] tells one value's way, [DeviceModel] names the
/// rounding points of a product. [QuantCheckpoint] and [GgufExport] write files.
///
/// Codes saturate throughout; rounding, scale rules and ranges are named by the quantizer, to the
/// nearest with ties to even where nothing else is said.
@NullMarked
package maia.quant;

import org.jspecify.annotations.NullMarked;
