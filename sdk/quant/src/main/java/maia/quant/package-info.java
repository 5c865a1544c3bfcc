/// Quantised modules: the same network with weights and activations in a low-precision format.
///
/// In: a trained module, a [Scheme], and data to calibrate on where the scheme needs it. Out: a
/// module whose forward pass computes with the real low-precision values: on the host this is the
/// reference, on the device the same numbers. Rounding is to the nearest, ties to even, and
/// saturating throughout; block scales follow the named rule.
@NullMarked
package maia.quant;

import org.jspecify.annotations.NullMarked;
