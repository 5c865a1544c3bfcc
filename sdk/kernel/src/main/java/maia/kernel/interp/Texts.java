package maia.kernel.interp;

import java.util.Arrays;
import java.util.StringJoiner;
import maia.kernel.ir.Type;

/// How values and places print.
final class Texts {
  private static final int CORNER = 6;

  private Texts() {}

  /// Type and a corner of the elements of a plain slot, such as `f32[4] = [0.0, 1.0, 2.0, 3.0]`.
  static String of(Slot slot) {
    return type(slot) + " = " + corner(slot, 0, 0);
  }

  /// The same with the place in between, such as `f32[2] in program (0, 0, 0) = [0.0, 1.0]`.
  static String of(Slot slot, String where) {
    return type(slot) + " " + where + " = " + corner(slot, 0, 0);
  }

  private static Type type(Slot slot) {
    return new Type(slot.dtype, Arrays.stream(slot.shape).boxed().toList());
  }

  private static String corner(Slot slot, int d, int at) {
    if (d == slot.rank()) {
      return element(slot, at);
    }
    String separator = d == slot.rank() - 1 ? ", " : ",\n ";
    StringJoiner text = new StringJoiner(separator, "[", "]");
    for (int i = 0; i < slot.shape[d]; i++) {
      if (i == CORNER && slot.shape[d] > CORNER + 1) {
        text.add("...");
        break;
      }
      text.add(corner(slot, d + 1, at + i * slot.strides[d]));
    }
    return text.toString();
  }

  private static String element(Slot slot, int at) {
    return switch (slot.dtype) {
      case BOOL -> slot.longs[at] != 0 ? "true" : "false";
      default -> slot.isFloat() ? Float.toString(slot.floats[at]) : Long.toString(slot.longs[at]);
    };
  }

  /// The position of element `at` in a tile of `shape`, such as `7` or `(1, 3)`.
  static String lane(int[] shape, int at) {
    long[] position = new long[shape.length];
    int rest = at;
    for (int d = shape.length - 1; d >= 0; d--) {
      position[d] = rest % shape[d];
      rest /= shape[d];
    }
    return tuple(position);
  }

  /// `7`, or `(1, 3)`; 0 stands for the one position of a scalar.
  static String tuple(long[] numbers) {
    return switch (numbers.length) {
      case 0 -> "0";
      case 1 -> String.valueOf(numbers[0]);
      default -> Arrays.toString(numbers).replace('[', '(').replace(']', ')');
    };
  }
}
