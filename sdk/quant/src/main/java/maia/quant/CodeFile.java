package maia.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;

/// Codes in a checkpoint.
final class CodeFile {
  private CodeFile() {}

  /// Floating-point codes as a tensor of their type; integers and tables as bytes, those of at most
  /// four bits two to a byte, low nibble first, as two's complement where they have a sign.
  static Tensor pack(Quantized q) {
    int[] codes = q.codes();
    if (q.quantizer().grid() instanceof Grid.Floats(DType type)) {
      HostArray array = HostArray.zeros(type, q.rows(), q.columns());
      for (int i = 0; i < codes.length; i++) {
        put(array.segment(), type.bits(), i, codes[i]);
      }
      return Tensor.on(Device.cpu(), array);
    }
    boolean isSmall = isSmall(q.quantizer());
    int bytes = isSmall ? Math.ceilDiv(codes.length, 2) : codes.length;
    HostArray array = HostArray.zeros(DType.U8, bytes);
    for (int i = 0; i < codes.length; i++) {
      put(array.segment(), isSmall ? 4 : 8, i, codes[i]);
    }
    return Tensor.on(Device.cpu(), array);
  }

  /// The type of the tensor that holds codes.
  static DType type(Quantizer quantizer) {
    return quantizer.grid() instanceof Grid.Floats(DType type) ? type : DType.U8;
  }

  /// The elements of the tensor that holds the codes of a matrix.
  static long elements(Quantizer quantizer, Layout layout) {
    long count = (long) layout.rows() * layout.columns();
    return isSmall(quantizer) ? Math.ceilDiv(count, 2L) : count;
  }

  private static boolean isSmall(Quantizer quantizer) {
    return !(quantizer.grid() instanceof Grid.Floats) && quantizer.grid().bits() <= 4;
  }

  /// The codes of a tensor of the type and size that [#type] and [#elements] name.
  static int[] unpack(String name, Quantizer quantizer, Tensor stored, int count) {
    boolean isFloat = quantizer.grid() instanceof Grid.Floats;
    int bits = quantizer.grid() instanceof Grid.Floats(DType type) ? type.bits() : 8;
    boolean isSmall = isSmall(quantizer);
    int[] codes = new int[count];
    for (int i = 0; i < count; i++) {
      int code = get(stored.segment(), isSmall ? 4 : bits, i);
      codes[i] =
          checked(name, quantizer, isFloat ? code : signed(quantizer, code, isSmall ? 4 : 8));
    }
    return codes;
  }

  private static boolean isSigned(Quantizer q) {
    boolean fromZero =
        q.scale() instanceof Quantizer.Scale.Asymmetric
            || q.scale() instanceof Quantizer.Scale.Affine;
    return !fromZero && !(q.grid() instanceof Grid.Table);
  }

  private static int signed(Quantizer q, int code, int bits) {
    return isSigned(q) ? code << (32 - bits) >> (32 - bits) : code;
  }

  private static int checked(String name, Quantizer q, int code) {
    int bits = q.grid().bits();
    int most =
        switch (q.grid()) {
          case Grid.Floats _ -> (1 << bits) - 1;
          case Grid.Table table -> table.values().length - 1;
          case Grid.Ints _, Grid.FixedPoint _ ->
              isSigned(q) ? (1 << (bits - 1)) - 1 : (1 << bits) - 1;
        };
    int least = isSigned(q) && !(q.grid() instanceof Grid.Floats) ? -(1 << (bits - 1)) : 0;
    FileFormatException.check(
        code >= least && code <= most,
        "quantised checkpoint: layer '%s' has the code %d, %s has %d to %d",
        name,
        code,
        q.grid().label(),
        least,
        most);
    return code;
  }

  private static void put(MemorySegment to, int bits, int index, int code) {
    if (bits >= 8) {
      for (int b = 0; b < bits / 8; b++) {
        to.set(ValueLayout.JAVA_BYTE, (long) index * (bits / 8) + b, (byte) (code >> 8 * b));
      }
      return;
    }
    for (int b = 0; b < bits; b++) {
      long at = (long) index * bits + b;
      int old = to.get(ValueLayout.JAVA_BYTE, at >> 3);
      int bit = (code >> b & 1) << (at & 7);
      to.set(ValueLayout.JAVA_BYTE, at >> 3, (byte) (old | bit));
    }
  }

  private static int get(MemorySegment from, int bits, int index) {
    int code = 0;
    if (bits >= 8) {
      for (int b = 0; b < bits / 8; b++) {
        int part = from.get(ValueLayout.JAVA_BYTE, (long) index * (bits / 8) + b) & 0xff;
        code |= part << 8 * b;
      }
      return code;
    }
    for (int b = 0; b < bits; b++) {
      long at = (long) index * bits + b;
      code |= (from.get(ValueLayout.JAVA_BYTE, at >> 3) >> (at & 7) & 1) << b;
    }
    return code;
  }
}
