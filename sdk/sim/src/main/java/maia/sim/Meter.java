package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.machine.Energy;
import maia.machine.Machine;
import maia.numerics.DType;

/// Counts bytes and operations, and turns them into energy over time.
final class Meter {
  /// Intervals kept while the kernel time is unknown; the width doubles when they run out.
  private static final int BUCKETS = 128;

  private static final int SHOWN = 64;
  private static final double PICO = 1e-12;
  private static final int BITS = 8;

  private final Energy energy;
  private long hbmRead;
  private long hbmWritten;
  private long csram;
  private long tsram;
  private long tensorFlops;
  private long vectorFlops;
  private final long[] flopsByType = new long[DType.values().length];
  private final double[] picojoulesPerFlop = new double[DType.values().length];
  private double tensorPicojoules;
  private double vectorPicojoules;
  private double hbmPicojoules;
  private double csramPicojoules;
  private double tsramPicojoules;
  private final double[] buckets = new double[BUCKETS];
  private final double[] hbmBuckets = new double[BUCKETS];

  /// A power of two.
  private long width = 1 << 10;

  Meter(Machine machine) {
    energy = machine.energy().at(machine.clockHertz());
    energy.tensorPicojoulesPerFlop().forEach((type, pj) -> picojoulesPerFlop[type.ordinal()] = pj);
  }

  void product(Op.Product op, long flops, long start, long end) {
    double left = picojoulesPerFlop[op.left().ordinal()];
    double right = picojoulesPerFlop[op.right().ordinal()];
    DType dearer = left >= right ? op.left() : op.right();
    tensorFlops += flops;
    flopsByType[dearer.ordinal()] += flops;
    double picojoules = flops * Math.max(left, right);
    tensorPicojoules += picojoules;
    spread(picojoules, start, end);
  }

  void vector(long flops, long start, long end) {
    vectorFlops += flops;
    double picojoules = flops * energy.vectorPicojoulesPerFlop();
    vectorPicojoules += picojoules;
    spread(picojoules, start, end);
  }

  void copy(Route route, long hbmBytes, long chipBytes, long start, long end) {
    double all = 0;
    if (route.hbm()) {
      if (route.isRead()) {
        hbmRead += hbmBytes;
      } else {
        hbmWritten += hbmBytes;
      }
      double pj = hbmBytes * BITS * energy.hbmPicojoulesPerBit();
      hbmPicojoules += pj;
      all += pj;
      spread(hbmBuckets, hbmBytes, start, end);
    }
    if (route.csramPasses() > 0) {
      long bytes = chipBytes * route.csramPasses();
      csram += bytes;
      csramPicojoules += bytes * energy.csramPicojoulesPerByte();
      all += bytes * energy.csramPicojoulesPerByte();
    }
    if (route.tsramPasses() > 0) {
      long bytes = chipBytes * route.tsramPasses();
      tsram += bytes;
      tsramPicojoules += bytes * energy.tsramPicojoulesPerByte();
      all += bytes * energy.tsramPicojoulesPerByte();
    }
    spread(all, start, end);
  }

  private void spread(double picojoules, long start, long end) {
    spread(buckets, picojoules, start, end);
  }

  private void spread(double[] into, double amount, long start, long end) {
    cover(end);
    int shift = Long.numberOfTrailingZeros(width);
    int first = (int) (start >> shift);
    int last = (int) (Math.max(start, end - 1) >> shift);
    if (first == last) {
      into[first] += amount;
      return;
    }
    double perPicosecond = amount / (end - start);
    for (int i = first; i <= last; i++) {
      long from = Math.max(start, i * width);
      long to = Math.min(end, (i + 1) * width);
      into[i] += perPicosecond * (to - from);
    }
  }

  /// Doubles the width of the intervals until they reach behind `end`.
  private void cover(long end) {
    while (end >= width * BUCKETS) {
      halve(buckets);
      halve(hbmBuckets);
      width *= 2;
    }
  }

  private static void halve(double[] sums) {
    for (int i = 0; i < BUCKETS / 2; i++) {
      sums[i] = sums[2 * i] + sums[2 * i + 1];
    }
    java.util.Arrays.fill(sums, BUCKETS / 2, BUCKETS, 0);
  }

  EnergyUse energy(long picoseconds) {
    return new EnergyUse(
        energy.idleWatts() * picoseconds * PICO,
        tensorPicojoules * PICO,
        vectorPicojoules * PICO,
        hbmPicojoules * PICO,
        csramPicojoules * PICO,
        tsramPicojoules * PICO,
        0);
  }

  /// At most 64 intervals that cover `0..end`.
  List<PowerSample> power(long end) {
    cover(end);
    var samples = new ArrayList<PowerSample>();
    int group = Math.ceilDiv(end, width) > SHOWN ? 2 : 1;
    long step = width * group;
    for (long start = 0; start < end; start += step) {
      int at = (int) (start / width);
      double picojoules = buckets[at] + (group == 2 ? buckets[at + 1] : 0);
      double bytes = hbmBuckets[at] + (group == 2 ? hbmBuckets[at + 1] : 0);
      long stop = Math.min(end, start + step);
      double watts = energy.idleWatts() + picojoules / (stop - start);
      samples.add(new PowerSample(start, stop, watts, bytes / (stop - start) / PICO));
    }
    return samples;
  }

  Counters counters(
      long instructions,
      Tally tally,
      SortedMap<String, Long> busy,
      SortedMap<String, Long> stalls,
      List<Stall> stallList,
      List<EngineUse> engines) {
    var byType = new TreeMap<String, Long>();
    for (DType type : DType.values()) {
      if (flopsByType[type.ordinal()] > 0) {
        byType.put(type.label(), flopsByType[type.ordinal()]);
      }
    }
    return new Counters(
        hbmRead,
        hbmWritten,
        csram,
        tsram,
        0,
        tensorFlops,
        vectorFlops,
        instructions,
        Math.round(tally.copies),
        tally.gathers,
        tally.gathered,
        tally.atomics,
        Math.round(tally.descriptors),
        tally.picked,
        byType,
        busy,
        stalls,
        stallList,
        engines);
  }
}
