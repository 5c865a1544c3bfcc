package maia.npl;

import java.util.List;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException.Category;

/// Lays the buffers of a program out in on-chip memory, in order of declaration.
public final class Capacity {
  private Capacity() {}

  /// Bytes of tile SRAM that `program` needs, accumulators included.
  public static long tileBytes(Program program) {
    return total(program, List.of(Space.TSRAM, Space.ACC));
  }

  /// Bytes of cluster SRAM that `program` needs.
  public static long clusterBytes(Program program) {
    return total(program, List.of(Space.CSRAM));
  }

  private static long total(Program program, List<Space> spaces) {
    long bytes = 0;
    for (Program.Buffer b : program.buffers()) {
      if (spaces.contains(b.space())) {
        bytes = Math.addExact(bytes, bytes(b));
      }
    }
    return bytes;
  }

  private static long bytes(Program.Buffer b) {
    long elements = b.slots();
    for (int size : b.shape()) {
      elements = Math.multiplyExact(elements, (long) size);
    }
    return Math.multiplyExact((long) b.slots(), b.type().bytes(elements / b.slots()));
  }

  static void verify(Program program, Machine machine, Origin at) {
    verify(program, "tile SRAM", List.of(Space.TSRAM, Space.ACC), machine.tsram().bytes(), at);
    verify(program, "cluster SRAM", List.of(Space.CSRAM), machine.csram().bytes(), at);
  }

  private static void verify(
      Program program, String what, List<Space> spaces, long limit, Origin at) {
    long used = 0;
    String first = "";
    Origin line = at;
    var map = new StringBuilder();
    for (Program.Buffer b : program.buffers()) {
      if (!spaces.contains(b.space())) {
        continue;
      }
      long size = sizeOrRefuse(b, at);
      map.append(
          "%n  %8d  %10d B  %s: %s[%s] x%d"
              .formatted(used, size, b.name(), b.type().label(), join(b), b.slots()));
      used = used > Long.MAX_VALUE - size ? Long.MAX_VALUE : used + size;
      if (used > limit && first.isEmpty()) {
        line = FirstUse.of(b.name(), program).orElse(at);
        first =
            "'%s' needs %d B, %d B over the %d B there are"
                .formatted(b.name(), size, used - limit, limit);
      }
    }
    if (!first.isEmpty()) {
      throw new NplException(
          Category.CAPACITY,
          "%s overflow: %s; use smaller boxes or fewer slots%n  address       bytes  buffer%s"
              .formatted(what, first, map)
              .replace("\r\n", "\n"),
          line);
    }
  }

  private static long sizeOrRefuse(Program.Buffer b, Origin at) {
    try {
      return bytes(b);
    } catch (ArithmeticException e) {
      throw new NplException(
          Category.CAPACITY,
          "buffer '%s': %s x%d does not fit 64-bit sizes".formatted(b.name(), b.shape(), b.slots()),
          at);
    }
  }

  private static String join(Program.Buffer b) {
    String text = b.shape().toString();
    return text.substring(1, text.length() - 1);
  }
}
