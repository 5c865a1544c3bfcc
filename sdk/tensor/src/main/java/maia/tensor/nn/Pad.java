package maia.tensor.nn;

import java.util.Arrays;
import maia.base.Check;
import maia.tensor.Spatial;
import maia.tensor.Tensor;

/// Elements added around the last dimensions: PyTorch's `ZeroPad2d`, `ReflectionPad1d`, ...
///
/// Before a convolution it is PyTorch's `padding_mode`: `new Sequential(new Pad(CIRCULAR, 1, 1, 1,
/// 1), new Conv2d(..))`.
public final class Pad extends Module {
  private final Spatial.Padding mode;
  private final int[] amounts;

  /// Elements before and after each of the last dimensions, as pairs from the last one on: left,
  /// right, top, bottom.
  public Pad(Spatial.Padding mode, int... amounts) {
    Check.argument(
        amounts.length > 0 && amounts.length % 2 == 0,
        "Pad: amounts come in pairs, got %s",
        Arrays.toString(amounts));
    this.mode = mode;
    this.amounts = amounts.clone();
  }

  @Override
  public Tensor forward(Tensor x) {
    return Spatial.pad(x, mode, amounts);
  }

  @Override
  protected String label() {
    return "Pad(" + mode + ", " + Arrays.toString(amounts) + ")";
  }
}
