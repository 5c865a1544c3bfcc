package maia.quant;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import maia.base.Check;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.io.GgufType;
import maia.tensor.io.GgufWriter;

/// Stored matrices as GGUF tensors, code for code: reading the file gives the same values.
public final class GgufExport {
  /// The quantizer whose codes Q8_0 holds: 8-bit integers, an fp16 scale for 32.
  public static final Quantizer Q8_0 = blocks(8);

  /// The quantizer whose codes Q4_0 holds: 4-bit integers around 8, an fp16 scale for 32.
  public static final Quantizer Q4_0 = blocks(4);

  private GgufExport() {}

  private static Quantizer blocks(int bits) {
    return Quantizer.of(new Grid.Ints(bits), Sharing.groups(32)).with(new Scale.Rounded(DType.F16));
  }

  /// `q` as a GGUF tensor: Q8_0, Q4_0 or MXFP4, as its quantizer says; others are refused by name.
  public static GgufWriter.Item item(String name, Quantized q) {
    GgufType type = type(q.quantizer());
    Check.argument(
        q.columns() % 32 == 0,
        "gguf: rows of %d elements do not divide into blocks of 32",
        q.columns());
    int[] codes = q.codes();
    float[] scales = q.scales();
    ByteBuffer to =
        ByteBuffer.allocate(scales.length * type.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < scales.length; block++) {
      DType scale = type == GgufType.MXFP4 ? DType.E8M0 : DType.F16;
      int code = Codec.of(scale).encode(scales[block], Rounding.NEAREST_EVEN, Overflow.SATURATE);
      if (type == GgufType.MXFP4) {
        to.put((byte) code);
      } else {
        to.putShort((short) code);
      }
      int around = type == GgufType.Q4_0 ? 8 : 0;
      for (int i = 0; i < (type == GgufType.Q8_0 ? 32 : 16); i++) {
        int low = codes[32 * block + i] + around;
        int high = type == GgufType.Q8_0 ? 0 : codes[32 * block + 16 + i] + around;
        to.put((byte) (low | high << 4));
      }
    }
    return new GgufWriter.Item(name, type, new long[] {q.rows(), q.columns()}, to.array());
  }

  private static GgufType type(Quantizer q) {
    boolean isMx =
        q.grid().equals(new Grid.Floats(DType.FP4_E2M1))
            && q.scale() instanceof Scale.PowerOfTwo
            && q.sharing().equals(Sharing.groups(BlockFormat.MXFP4.block()));
    if (isMx) {
      return GgufType.MXFP4;
    }
    Quantizer stored = new Quantizer(q.grid(), q.sharing(), q.scale(), Quantizer.Range.MIN_MAX);
    Check.argument(
        stored.equals(Q8_0) || stored.equals(Q4_0),
        "gguf: %s has no tensor type here; GgufExport.Q8_0, Q4_0 and MXFP4 have",
        q.label());
    return stored.equals(Q8_0) ? GgufType.Q8_0 : GgufType.Q4_0;
  }
}
