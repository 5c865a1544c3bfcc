/// Quantised modules: the same network with weights and activations in a low-precision format.
///
/// In: a trained module and data to calibrate on where a method needs it. Out: a module whose
/// forward pass computes with the real low-precision values. There are two ways in:
/// - a [Scheme]: BF16, FP8 per tensor, MX blocks. Host and simulated device give the same numbers.
/// - a [Quantizer] for weights and one for activations, with a [Method]: any [Grid] (floats of 16
///   bits and below, integers of 2 to 8 bits, NF4, own tables), shared per tensor, row or group,
///   symmetric, asymmetric, power-of-two or two-level scales; round to nearest, GPTQ, AWQ,
///   SmoothQuant, Hadamard rotation. On the host.
///
/// [Quantized] holds codes and scales, [Distortion] what storing did to a tensor, [Outcome] what it
/// did to predictions. Rounding is to the nearest, ties to even, and saturating throughout; block
/// scales follow the named rule.
@NullMarked
package maia.quant;

import org.jspecify.annotations.NullMarked;
