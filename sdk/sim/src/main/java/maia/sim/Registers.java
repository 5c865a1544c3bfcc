package maia.sim;

/// The registers of a control stream, and when each of them changed last, so that expressions need
/// not be computed anew while what they read stays the same.
final class Registers {
  final long[] values;

  /// By register, the number of the write that changed it last; of a kept value, the number of the
  /// first write after it was computed.
  final long[] changes;

  private long writes;

  Registers(int count) {
    values = new long[count];
    changes = new long[count];
  }

  long get(int register) {
    return values[register];
  }

  void set(int register, long value) {
    if (values[register] != value) {
      values[register] = value;
      changes[register] = ++writes;
    }
  }

  /// Keeps the value of an expression over the registers as they are.
  void keep(int at, long value) {
    values[at] = value;
    changes[at] = writes + 1;
  }
}
