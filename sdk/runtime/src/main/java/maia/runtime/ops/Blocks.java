package maia.runtime.ops;

import java.util.List;
import java.util.Optional;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Tensor;

/// Block tensors as what they lie in memory: elements and scales.
final class Blocks {
  private Blocks() {}

  /// Memory for blocks like those of `x` in another place, under the same tensor scale.
  static Tensor like(Runner on, Tensor x, long... shape) {
    BlockFormat format = (BlockFormat) x.type();
    return format.tensorScale() && !x.isMeta()
        ? on.blocks(format, x.tensorScale(), shape)
        : on.result(x.isMeta(), format, shape);
  }

  /// The elements of both tensors, and their scales.
  static List<List<Tensor>> parts(Runner on, Tensor from, Tensor to) {
    return List.of(
        List.of(elements(on, from), elements(on, to)), List.of(scales(on, from), scales(on, to)));
  }

  private static Tensor elements(Runner on, Tensor x) {
    BlockFormat format = (BlockFormat) x.type();
    return plain(on, format.element(), x, x.isMeta());
  }

  private static Tensor scales(Runner on, Tensor x) {
    return plain(on, ((BlockFormat) x.type()).scale(), x.scales().orElseThrow(), x.isMeta());
  }

  private static Tensor plain(Runner on, DType type, Array x, boolean isMeta) {
    HostArray array =
        HostArray.view(type, x.shape(), x.strides(), x.offset(), x.segment(), Optional.empty(), 1f);
    return isMeta ? Tensor.meta(type, x.shape()) : on.here(array);
  }
}
