package maia.quant;

import java.util.List;
import java.util.Optional;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// Stored matrices as block tensors: the same codes and scales as memory of a device holds them.
final class BlockTensor {
  private static final List<BlockFormat> FORMATS =
      List.of(
          BlockFormat.MXFP8_E4M3,
          BlockFormat.MXFP8_E5M2,
          BlockFormat.MXFP6_E2M3,
          BlockFormat.MXFP6_E3M2,
          BlockFormat.MXFP4,
          BlockFormat.MXINT8,
          BlockFormat.NVFP4);

  private BlockTensor() {}

  /// The block format whose elements and scales a quantizer makes.
  static Optional<BlockFormat> format(Quantizer q) {
    return FORMATS.stream().filter(f -> isOf(q, f)).findFirst();
  }

  private static boolean isOf(Quantizer q, BlockFormat format) {
    Grid grid = format.element().isFloat() ? new Grid.Floats(format.element()) : Grid.MXINT8;
    boolean scales =
        format.tensorScale()
            ? q.scale() instanceof Scale.TwoLevel
            : q.scale() instanceof Scale.PowerOfTwo;
    return scales && q.grid().equals(grid) && q.sharing().equals(Sharing.groups(format.block()));
  }

  static Optional<Tensor> of(Quantized q) {
    return format(q.quantizer()).map(format -> of(q, format));
  }

  private static Tensor of(Quantized q, BlockFormat format) {
    HostArray zeros = HostArray.zeros(format, q.rows(), q.columns());
    HostArray array = format.tensorScale() ? zeros.withTensorScale(q.tensorScale()) : zeros;
    int[] codes = q.codes();
    boolean isInteger = format.element() == DType.I8;
    float[] elements = new float[codes.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = isInteger ? codes[i] : q.quantizer().grid().value(codes[i]);
    }
    // exact: these are values of the types
    Codec.of(format.element()).encode(elements, 0, elements.length, array.segment(), 0, 1);
    float[] scales = q.scales();
    int count = elements.length == 0 ? 0 : scales.length;
    Codec.of(format.scale()).encode(scales, 0, count, array.scales().orElseThrow().segment(), 0, 1);
    return Tensor.on(Device.cpu(), array);
  }
}
