/// Number formats, rounding, packing, block formats, arrays, and the arithmetic that all rooms
/// share.
///
/// In: values and the name of a format, a rounding and an overflow rule. Out: codes and values, bit
/// for bit the same on every machine, with and without the Vector API, for any number of threads.
/// Terms follow the OCP OFP8 and MX specifications:
/// - a *code* is the bit pattern of a value in a format, an *element* one entry of an array;
/// - a *block* is a run of elements along the last dimension that shares a *scale*;
/// - the *tensor scale* is one more factor over all blocks (NVFP4);
/// - a *lane* is one of the 16 running sums of a reduction, whatever the width of the machine.
///
/// ```java
/// HostArray x = HostArray.of(new float[] {0.3f, -1.5f, 2.25f, 100f}, DType.F32, 1, 4);
/// HostArray q = BlockCodec.quantize(x, BlockFormat.MXFP8_E4M3, ScaleRule.RCEIL);
/// float[] y = q.toFloats(); // element times scale
/// float z = Codec.of(DType.FP4_E2M1).round(2.5f); // 2.0: the tie goes to the even code
/// ```
@NullMarked
package maia.numerics;

import org.jspecify.annotations.NullMarked;
