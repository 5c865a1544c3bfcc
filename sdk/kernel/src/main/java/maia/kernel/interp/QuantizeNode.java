package maia.kernel.interp;

import maia.kernel.ir.Op;
import maia.numerics.BlockCodec;

/// Quantises the rows of a plain matrix to a block format.
final class QuantizeNode implements Node {
  private final Op.Quantize op;
  private final Slot x;
  private final Slot elements;
  private final Slot scales;

  QuantizeNode(Op.Quantize op, Slot x, Slot elements, Slot scales) {
    this.op = op;
    this.x = x;
    this.elements = elements;
    this.scales = scales;
  }

  @Override
  public void run() {
    int length = x.shape[x.rank() - 1];
    int blocks = Math.ceilDiv(length, op.format().block());
    for (int r = 0; r < x.count() / length; r++) {
      BlockCodec.quantize(
          op.format(),
          op.rule(),
          x.floats,
          r * length,
          length,
          1f,
          elements.floats,
          r * length,
          scales.floats,
          r * blocks);
    }
  }
}
