package maia.kernel.lower;

import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.kernel.ir.Op;
import maia.kernel.ir.Type;
import maia.machine.Dma;
import maia.machine.Machine;

/// How long an iteration of a loop takes when all tiles run it: the slowest of the tensor unit,
/// HBM, the DMA channels and cluster memory, and a little for every byte from HBM, so that among
/// equals the one that reads less wins. Every rate is one of the machine.
record StagingModel(Machine machine, int down, int across) {
  /// What many ask for at once delivers its rate only to about this share; above it they wait for
  /// each other.
  private static final double SHARED = 0.8;

  /// What a cycle of HBM costs beside the time that passes.
  private static final double HBM_WEIGHT = 0.1;

  /// One channel is enough when it is busy for less than this share of the time.
  private static final double ONE_CHANNEL = 0.8;

  /// Cycles of one iteration when the loads in `staged` go through cluster memory.
  double cycles(Sharing.Loop loop, Set<Op.Load> staged) {
    double panel = 0;
    double direct = 0;
    double fromPanel = 0;
    double longest = 0;
    for (Map.Entry<Op.Load, Set<Integer>> entry : loop.shared().entrySet()) {
      long bytes = bytes(entry.getKey().result().type());
      if (staged.contains(entry.getKey())) {
        panel += bytes * (double) parts(entry.getValue());
        fromPanel += bytes;
      } else {
        direct += bytes;
        longest = Math.max(longest, bytes);
      }
    }
    for (Op.Load load : loop.own()) {
      long bytes = bytes(load.result().type());
      direct += bytes;
      longest = Math.max(longest, bytes);
    }
    int lanes = down * across;
    double hbm = machine.hbm().streamBytesPerSecond() / machine.clockHertz() / machine.clusters();
    double own = machine.tileDma().channels() * (double) machine.tileDma().bytesPerCycle();
    double moving =
        max(
            (panel + lanes * direct) / hbm,
            panel / throughput(machine.clusterDma()),
            (panel + lanes * fromPanel) / machine.csram().bytesPerCycle(),
            direct / throughput(machine.tileDma()),
            ownChannel(longest, direct) / throughput(machine.tileDma()),
            (direct + fromPanel) / Math.min(own, machine.tileIngestBytesPerCycle()));
    double fromHbm = (panel + lanes * direct) / hbm;
    return Math.max(compute(loop.dots()), moving / SHARED) + HBM_WEIGHT * fromHbm;
  }

  /// What the busiest channel carries, times the channels: a load has one, unless it is most of
  /// what there is and is cut.
  private double ownChannel(double longest, double direct) {
    return longest > Panels.MOST * direct ? direct : longest * machine.tileDma().channels();
  }

  /// Whether one DMA channel of a tile brings what the loop loads, all of it from cluster memory,
  /// while the tensor unit works.
  boolean fitsOneChannel(Sharing.Loop loop) {
    double cycles = 0;
    for (Op.Load load : loop.shared().keySet()) {
      cycles += bytes(load.result().type()) / (double) machine.tileDma().bytesPerCycle();
      cycles += machine.tileDma().issueCycles();
    }
    return loop.own().isEmpty() && cycles <= ONE_CHANNEL * compute(loop.dots());
  }

  /// Different blocks of a cluster that a load depending on `dims` reads.
  int parts(Set<Integer> dims) {
    return (dims.contains(0) ? down : 1) * (dims.contains(1) ? across : 1);
  }

  private double compute(List<Op.Dot> dots) {
    double cycles = 0;
    for (Op.Dot dot : dots) {
      List<Integer> a = dot.a().type().shape();
      List<Integer> c = dot.result().type().shape();
      cycles +=
          TensorTime.cycles(
              machine,
              dot.a().type().dtype(),
              dot.b().type().dtype(),
              c.get(c.size() - 2),
              c.getLast(),
              a.getLast());
    }
    return cycles;
  }

  /// Bytes per cycle from HBM that all channels of an engine reach: their width, or what they have
  /// in flight over the latency.
  private double throughput(Dma dma) {
    double latency = machine.hbm().latencyPicoseconds() * 1e-12 * machine.clockHertz();
    return dma.channels() * Math.min(dma.bytesPerCycle(), dma.outstandingBytes() / latency);
  }

  static long bytes(Op.Load load) {
    return bytes(load.result().type());
  }

  private static long bytes(Type type) {
    long elements = 1;
    for (int size : type.shape()) {
      elements *= size;
    }
    return type.dtype().bytes(elements);
  }

  private static double max(double... values) {
    double most = 0;
    for (double value : values) {
      most = Math.max(most, value);
    }
    return most;
  }
}
