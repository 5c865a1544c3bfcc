package maia.kernel.interp;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.npl.Program.Access;

/// What the checks remember of an array that programs write: per element in memory, the program
/// that wrote it and the program that read it last.
final class Shadow {
  private static final int NOBODY = 0;
  private static final int SEVERAL = -1;
  private static final int ATOMICS = -2;

  private final Bound array;
  private final Instance program;
  private final long low;
  private final int[] writer;
  private final int[] reader;
  private final Map<Integer, BitSet> left = new HashMap<>();
  private long written;

  private Shadow(Bound array, Instance program, long low, int size) {
    this.array = array;
    this.program = program;
    this.low = low;
    writer = new int[size];
    reader = new int[array.access == Access.IN_OUT ? size : 0];
  }

  /// The shadow of `array`, whose elements span less than 2^31 storage indices.
  static Shadow of(Bound array, Instance program) {
    long low = array.offset;
    long high = array.offset;
    for (int d = 0; d < array.shape.length; d++) {
      long reach = Math.max(0, array.shape[d] - 1) * array.strides[d];
      low += Math.min(0, reach);
      high += Math.max(0, reach);
    }
    return new Shadow(array, program, low, Math.toIntExact(high - low + 1));
  }

  private int self() {
    return (int) program.number() + 1;
  }

  void write(long first, long step, int count, Origin origin) {
    int self = self();
    int at = (int) (first - low);
    for (int i = 0; i < count; i++, at += (int) step) {
      int other = writer[at];
      if (other != self) {
        if (other != NOBODY && !isBefore(other)) {
          throw race(at, "write", "write", other, origin);
        }
        written += other == NOBODY ? 1 : 0;
        writer[at] = self;
      }
      if (reader.length > 0 && reader[at] != NOBODY && !isBefore(reader[at])) {
        throw race(at, "write", "read", reader[at], origin);
      }
    }
  }

  void read(long first, long step, int count, Origin origin) {
    int self = self();
    int at = (int) (first - low);
    for (int i = 0; i < count; i++, at += (int) step) {
      int other = writer[at];
      if (other == NOBODY && array.access == Access.OUT) {
        throw program.fault(
            Mistake.UNINITIALISED_READ,
            origin,
            "uninitialised read of '%s' %s at line %d: program %s reads element %s, which was not"
                + " written; declare it with k.inOut(...)",
            array.name,
            array.sizes(),
            origin.line(),
            program.name(),
            element(at));
      }
      if (other != NOBODY && other != self && !isBefore(other)) {
        throw race(at, "read", "write", other, origin);
      }
      if (reader.length > 0) {
        reader[at] = reader[at] == NOBODY || isBefore(reader[at]) ? self : SEVERAL;
      }
    }
  }

  /// An atomic touched storage index `index`. One that shows what was there puts its program after
  /// those that left something there; one that writes leaves its own program and all before it.
  void atomic(long index, boolean finds, boolean leaves, Origin origin) {
    int at = (int) (index - low);
    int other = writer[at];
    if (finds && left.containsKey(at)) {
      program.known().or(left.get(at));
    }
    if (other != NOBODY && other != ATOMICS && other != self() && !isBefore(other)) {
      throw race(at, "update", "write", other, origin);
    }
    if (reader.length > 0 && reader[at] != NOBODY && !isBefore(reader[at])) {
      throw race(at, "update", "read", reader[at], origin);
    }
    if (leaves) {
      left.computeIfAbsent(at, _ -> new BitSet()).or(program.known());
      written += other == NOBODY ? 1 : 0;
      writer[at] = ATOMICS;
    }
  }

  /// Whether what `other` did comes before what this program does now.
  private boolean isBefore(int other) {
    if (other == ATOMICS || other == SEVERAL) {
      return false;
    }
    return other == self() || program.known().get(other - 1);
  }

  private KernelException race(int at, String verb, String otherVerb, int other, Origin origin) {
    return program.fault(
        Mistake.RACE,
        origin,
        "race on '%s' %s at line %d: program %s %ss element %s, %s %ss it too, and nothing orders"
            + " programs; give every element to one program",
        array.name,
        array.sizes(),
        origin.line(),
        program.name(),
        verb,
        element(at),
        other < 0 ? "another program" : "program " + program.name(other - 1L),
        otherVerb);
  }

  /// The first index of the array that lies at `at`.
  private String element(int at) {
    long[] index = new long[array.shape.length];
    do {
      if (place(index) == at) {
        return Arrays.toString(index);
      }
    } while (next(index));
    return "at storage index " + (at + low);
  }

  private int place(long[] index) {
    long at = array.offset - low;
    for (int d = 0; d < index.length; d++) {
      at += index[d] * array.strides[d];
    }
    return (int) at;
  }

  private boolean next(long[] index) {
    for (int d = index.length - 1; d >= 0; d--) {
      if (++index[d] < array.shape[d]) {
        return true;
      }
      index[d] = 0;
    }
    return false;
  }

  /// Refuses an output with elements that no program wrote.
  void verifyCoverage(Origin origin) {
    long all = Arrays.stream(array.shape).reduce(1, Math::multiplyExact);
    if (array.access != Access.OUT || written == all || all == 0) {
      return;
    }
    long[] index = new long[array.shape.length];
    long[] first = null;
    long missing = 0;
    do {
      if (writer[place(index)] == NOBODY) {
        first = first == null ? index.clone() : first;
        missing++;
      }
    } while (next(index));
    if (first != null) {
      throw program.fault(
          Mistake.NOT_COVERED,
          origin,
          "output '%s' %s was not written completely: %d of %d elements are missing, the first is %s;"
              + " store every element or declare it with k.inOut(...)",
          array.name,
          array.sizes(),
          missing,
          all,
          Arrays.toString(first));
    }
  }
}
