/// Number formats, rounding, packing, block formats and arrays.
///
/// In: values and the name of a format, a rounding and an overflow rule. Out: codes, bit for bit
/// the same on every machine. Terms follow the OCP OFP8 and MX specifications.
@NullMarked
package maia.numerics;

import org.jspecify.annotations.NullMarked;
