package maia.kernel.library;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;

import maia.kernel.Mask;
import maia.kernel.MxTile;
import maia.kernel.Tile;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// The block formats that no instruction makes, in words: NVFP4 and MXINT8, with the bits of
/// [maia.numerics.BlockCodec]. A block with a NaN or an infinity has scale NaN and elements of
/// zero.
final class BlockScales {
  private static final int FRACTION_BITS = 23;
  private static final int HIDDEN = 1 << FRACTION_BITS;
  private static final int LARGEST_EXPONENT = 254;

  /// What a block scale of NVFP4 that would round to zero becomes.
  private static final double SMALLEST_UE4M3 = 0x1p-9;

  private static final double LARGEST_FP4 = 6;

  /// Codes of MXINT8 count 64ths, and reach as far down as up.
  private static final int STEPS = 64;

  private static final int MOST = 127;

  private BlockScales() {}

  /// `x` in NVFP4 under the scale `tensorScale`: scales `e4m3((amax / 6) / tensorScale)`, elements
  /// over `scale * tensorScale`.
  static MxTile nvfp4(Tile x, Tile tensorScale) {
    BlockFormat format = BlockFormat.NVFP4;
    Tile blocks = blocks(x, format);
    Tile most = largest(blocks);
    Tile rounded = most.div(LARGEST_FP4).div(tensorScale).to(DType.FP8_E4M3).to(F32);
    Tile held = rounded.eq(0).and(most.ne(0)).where(SMALLEST_UE4M3, rounded);
    Tile over = held.mul(tensorScale);
    Mask isFull = isFinite(most).and(held.ne(0));
    Tile elements = full(isFull, blocks).where(blocks.div(over.unsqueeze(2)), 0.0);
    return MxTile.of(
        elements.reshape(x.shape().get(0), x.shape().get(1)).to(DType.FP4_E2M1),
        isFinite(most).where(held, Double.NaN).to(DType.UE4M3),
        format);
  }

  /// `x` in MXINT8, scales by any rule but the search for the smallest error.
  static MxTile mxint8(Tile x, ScaleRule rule) {
    BlockFormat format = BlockFormat.MXINT8;
    Tile blocks = blocks(x, format);
    Tile most = largest(blocks);
    Tile scale = power(exponent(most.bitcast(I32), rule));
    Tile steps = blocks.div(scale.unsqueeze(2)).mul(STEPS).clamp(-MOST, MOST);
    return MxTile.of(
        full(isFinite(most), blocks)
            .where(steps, 0.0)
            .reshape(x.shape().get(0), x.shape().get(1))
            .to(DType.I8, Rounding.NEAREST_EVEN),
        isFinite(most).where(scale, Double.NaN).to(DType.E8M0),
        format);
  }

  private static Tile blocks(Tile x, BlockFormat format) {
    int columns = x.shape().get(1);
    return x.reshape(x.shape().get(0), columns / format.block(), format.block());
  }

  /// The largest magnitude of each block, infinite where it holds a NaN.
  private static Tile largest(Tile blocks) {
    return blocks.ne(blocks).where(Double.POSITIVE_INFINITY, blocks.abs()).amax(2);
  }

  private static Mask isFinite(Tile magnitude) {
    return magnitude.lt(Double.POSITIVE_INFINITY);
  }

  /// A truth per block as one per element.
  private static Mask full(Mask perBlock, Tile blocks) {
    Tile zeros = blocks.zerosLike();
    return perBlock.where(perBlock.to(F32), 0.0).unsqueeze(2).add(zeros).ne(0);
  }

  /// The exponent field of the scale for a largest magnitude with these bits, its largest element
  /// reaching 127/64 times the scale.
  private static Tile exponent(Tile bits, ScaleRule rule) {
    Tile field = bits.shr(FRACTION_BITS);
    // of subnormal magnitudes only those from 2^-127 up can round up to a scale above 2^-127
    Tile subnormal = bits.and(HIDDEN >> 1).ne(0).where(bits.shl(1), 0L);
    Tile fraction = field.eq(0).where(subnormal, bits).and(HIDDEN - 1);
    Mask up =
        switch (rule) {
          case FLOOR -> fraction.lt(0);
          case RCEIL -> fraction.gt(HIDDEN - HIDDEN / STEPS);
          case EVEN -> fraction.ge(HIDDEN - HIDDEN / (2 * STEPS));
          case CEIL -> fraction.gt(0);
          case MSE -> throw new IllegalArgumentException("quantise: mxint8 by MSE has no kernel");
        };
    return field.add(up.to(I32)).min(LARGEST_EXPONENT);
  }

  /// 2^(field - 127).
  private static Tile power(Tile field) {
    return field.eq(0).where((long) HIDDEN >> 1, field.shl(FRACTION_BITS)).bitcast(F32);
  }
}
