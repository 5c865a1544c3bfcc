package maia.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Scope;
import maia.tensor.Tensor;

/// Conversions of 64 MiB of fp32 beside what one core's memory gives in the same process:
/// `ConversionTable [seed]`. Every call comes behind a copy of 64 MiB, so caches are cold; medians
/// of the wall clock; the seed is that of the order in which everything is warmed up.
public final class ConversionTable {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int STEP = SPECIES.vectorByteSize();
  private static final int SIDE = 4096;
  private static final int BYTES = 4 * SIDE * SIDE;
  private static final long WARM_NANOS = Long.getLong("warm", 1_500) * 1_000_000;
  private static final int ROUNDS = Integer.getInteger("rounds", 15);

  private final MemorySegment a = Arena.global().allocate(BYTES, 64);
  private final MemorySegment b = Arena.global().allocate(BYTES, 64);
  private final MemorySegment c = Arena.global().allocate(BYTES, 64);
  private float sum;

  private ConversionTable() {
    a.fill((byte) 1);
    b.fill((byte) 2);
    c.fill((byte) 3);
  }

  /// What is timed.
  ///
  /// @param bytes read and written by one call
  private record Line(String name, double bytes, Runnable call) {}

  /// Prints the table.
  ///
  /// @param args the seed
  public static void main(String[] args) {
    System.setProperty("maia.threads", "1");
    new ConversionTable().print(args.length > 0 ? Long.parseLong(args[0]) : 1);
  }

  private void print(long seed) {
    List<Line> peaks =
        List.of(
            new Line("read 4, write 1", 1.25 * BYTES, this::fourToOne),
            new Line("copy", 2.0 * BYTES, this::copy),
            new Line("triad", 3.0 * BYTES, this::triad),
            new Line("read", BYTES, this::read),
            new Line("arraycopy", 2.0 * BYTES, this::arraycopy));
    List<Line> conversions = conversions();
    List<Line> all = new ArrayList<>(peaks);
    all.addAll(conversions);
    Collections.shuffle(all, new Random(seed));
    all.forEach(ConversionTable::warm);
    double[][] nanos = new double[all.size()][ROUNDS];
    for (int r = 0; r < ROUNDS; r++) {
      for (int i = 0; i < all.size(); i++) {
        arraycopy();
        nanos[i][r] = time(all.get(i).call());
      }
    }
    for (double[] times : nanos) {
      Arrays.sort(times);
    }
    StringBuilder head = new StringBuilder("%-16s %8s %8s".formatted("case", "ns/el", "GB/s"));
    peaks.forEach(peak -> head.append("  of %s".formatted(peak.name())));
    System.out.println(head);
    for (Line line : all.stream().filter(l -> !peaks.contains(l)).toList()) {
      row(line, peaks, all, nanos);
    }
    for (Line peak : peaks) {
      row(peak, List.of(), all, nanos);
    }
    System.out.printf(Locale.ROOT, "seed %d, %s, sum %.0f%n", seed, Machine.text(), sum);
  }

  private static void row(Line line, List<Line> peaks, List<Line> all, double[][] nanos) {
    double time = nanos[all.indexOf(line)][ROUNDS / 2];
    double speed = line.bytes() / time;
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%-16s %8.3f %8.1f", line.name(), time / (BYTES / 4.0), speed));
    for (Line peak : peaks) {
      double most = peak.bytes() / nanos[all.indexOf(peak)][ROUNDS / 2];
      int width = peak.name().length() + 5;
      text.append(String.format(Locale.ROOT, "%" + width + ".2f", speed / most));
    }
    System.out.println(text);
  }

  private static List<Line> conversions() {
    Tensor x = Tensor.of(Values.of(SIDE * SIDE), SIDE, SIDE);
    List<Line> lines = new ArrayList<>();
    for (DType type : List.of(DType.FP8_E4M3, DType.FP6_E2M3, DType.FP4_E2M1)) {
      lines.add(line(type.label(), x, 4 + type.bits() / 8.0, t -> t.to(type)));
    }
    for (BlockFormat format :
        List.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8)) {
      double bytes = 4 + format.element().bits() / 8.0 + 1.0 / format.block();
      lines.add(line(format.label(), x, bytes, t -> t.quantize(format, ScaleRule.FLOOR)));
    }
    return lines;
  }

  private static Line line(String name, Tensor x, double bytes, UnaryOperator<Tensor> conversion) {
    Runnable call =
        () -> {
          try (Scope _ = Tensor.scope()) {
            conversion.apply(x);
          }
        };
    return new Line(name, bytes * BYTES / 4, call);
  }

  private static void warm(Line line) {
    long end = System.nanoTime() + WARM_NANOS;
    while (System.nanoTime() < end) {
      line.call().run();
    }
  }

  private static double time(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return System.nanoTime() - start;
  }

  private void arraycopy() {
    MemorySegment.copy(a, 0, b, 0, BYTES);
  }

  private void copy() {
    for (int i = 0; i < BYTES; i += STEP) {
      FloatVector.fromMemorySegment(SPECIES, a, i, ORDER).intoMemorySegment(b, i, ORDER);
    }
  }

  private void triad() {
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    for (int i = 0; i < BYTES; i += STEP) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, b, i, ORDER);
      x.fma(half, FloatVector.fromMemorySegment(SPECIES, c, i, ORDER))
          .intoMemorySegment(a, i, ORDER);
    }
  }

  private void read() {
    FloatVector x = FloatVector.zero(SPECIES);
    FloatVector y = FloatVector.zero(SPECIES);
    for (int i = 0; i < BYTES; i += 2 * STEP) {
      x = x.add(FloatVector.fromMemorySegment(SPECIES, a, i, ORDER));
      y = y.add(FloatVector.fromMemorySegment(SPECIES, a, i + STEP, ORDER));
    }
    sum += x.add(y).reduceLanes(VectorOperators.ADD);
  }

  /// As many bytes as a conversion to eight bits moves, and no arithmetic worth the name.
  private void fourToOne() {
    for (int i = 0; i < BYTES / 4; i += STEP) {
      int from = 4 * i;
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, a, from, ORDER);
      FloatVector y = FloatVector.fromMemorySegment(SPECIES, a, from + STEP, ORDER);
      FloatVector z = FloatVector.fromMemorySegment(SPECIES, a, from + 2 * STEP, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(SPECIES, a, from + 3 * STEP, ORDER);
      x.add(y).add(z.add(w)).intoMemorySegment(b, i, ORDER);
    }
  }
}
