package maia.kernel.tune;

import maia.machine.Machine;
import maia.npl.Estimate;
import maia.npl.Program;
import maia.npl.Space;

/// Orders candidates before any is simulated.
@FunctionalInterface
public interface CostModel {
  /// Cycles of the tile clock that `candidate` is expected to take; only the order matters.
  double cycles(Candidate candidate);

  /// A name under which modelled cycles are kept between processes; empty when they are not, as for
  /// a lambda, which may change.
  default String name() {
    return "";
  }

  /// The model from the machine's own numbers: the longest of the work of the engines, of HBM, of
  /// what the tiles' DMA channels reach with the bytes they can have in flight, and of loads that
  /// wait for each other because only so many slots can be filled at once; programs that do not
  /// divide evenly over the tiles leave some idle.
  static CostModel analytic() {
    return new Analytic();
  }

  /// See [#analytic].
  record Analytic() implements CostModel {
    @Override
    public String name() {
      return "analytic";
    }

    @Override
    public double cycles(Candidate candidate) {
      Machine machine = candidate.machine();
      Estimate estimate = candidate.estimate();
      double perSecond = machine.clockHertz();
      double latency = machine.hbm().latencyPicoseconds() * 1e-12 * perSecond;
      long programs = candidate.programs();
      double even = (double) programs / machine.tiles();
      double slowest = Math.ceil(even) / even; // work of the fullest tile over the mean
      double bytes = estimate.hbmReadBytes() + estimate.hbmWrittenBytes();
      double perTile = slowest * bytes / machine.tiles();
      double dma = perTile / ingestBytesPerCycle(machine, latency);
      double busiest =
          Math.max(
              Math.max(estimate.picoseconds() * 1e-12 * perSecond, dma),
              rounds(candidate, estimate, latency));
      double turns = Math.ceil(even);
      // the first loads and the last stores overlap nothing
      return busiest + busiest / turns / 2 + 2 * latency;
    }

    /// Loads over all channels, each as long as its latency and transfer, as many at once as the
    /// most slotted buffer has slots.
    private static double rounds(Candidate candidate, Estimate estimate, double latency) {
      Machine machine = candidate.machine();
      int slots = 1;
      long bytes = 0;
      for (Program.Buffer buffer : candidate.program().buffers()) {
        if (buffer.space() == Space.TSRAM && buffer.slots() >= slots) {
          bytes = Math.max(buffer.slots() > slots ? 0 : bytes, buffer.bytes() / buffer.slots());
          slots = buffer.slots();
        }
      }
      double one =
          latency
              + 2 * machine.sync().clusterCycles()
              + (double) bytes / machine.tileDma().bytesPerCycle();
      return (double) estimate.tileCopies() / machine.tileDma().channels() * one / slots;
    }

    private static double ingestBytesPerCycle(Machine machine, double latency) {
      int channels = machine.tileDma().channels();
      double inFlight = channels * machine.tileDma().outstandingBytes() / latency;
      double wide =
          Math.min(
              channels * (double) machine.tileDma().bytesPerCycle(),
              machine.tileIngestBytesPerCycle());
      return Math.min(inFlight, wide);
    }
  }
}
