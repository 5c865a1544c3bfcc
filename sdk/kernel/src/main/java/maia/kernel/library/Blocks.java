package maia.kernel.library;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.lower.Strips;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;

/// The block sizes of a matrix product, chosen from sizes and machine by a small model: compute,
/// loads and epilogue of a tile overlap, and the programs run in waves over the tiles.
///
/// @param bm rows of an output block
/// @param bn columns of an output block
/// @param bk depth of one step
/// @param stages steps whose loads are in flight
public record Blocks(int bm, int bn, int bk, int stages) {
  private static final List<Integer> SIDES = List.of(16, 32, 64, 128, 256, 512);
  private static final int ROW_BYTES = 256;
  private static final int EPILOGUE_FLOPS = 4;

  /// A matrix product `[m,k] x [k,n]`.
  ///
  /// @param x type of the left operand
  /// @param w type of the right operand
  /// @param y type of the result
  public record Problem(long m, long n, long k, ElementType x, ElementType w, ElementType y) {
    public Problem {
      Check.argument(
          m > 0 && n > 0 && k > 0,
          "matrix product: sizes must be positive, were %dx%dx%d",
          m,
          n,
          k);
    }

    /// The product with so many columns.
    Problem withColumns(long columns) {
      return new Problem(m, columns, k, x, w, y);
    }

    private DType element(ElementType type) {
      return switch (type) {
        case DType dtype -> dtype;
        case BlockFormat format -> format.element();
      };
    }

    DType elementOfX() {
      return element(x);
    }

    DType elementOfW() {
      return element(w);
    }

    private int smallestDepth() {
      int x32 = x instanceof BlockFormat format ? format.block() : 1;
      int w32 = w instanceof BlockFormat format ? format.block() : 1;
      return Math.max(16, Math.max(x32, w32));
    }

    int smallestColumns() {
      return y instanceof BlockFormat format ? format.block() : 16;
    }
  }

  /// The metas set on `kernel`.
  Kernel apply(Kernel kernel) {
    return kernel.with("BM", bm).with("BN", bn).with("BK", bk).with("STAGES", stages);
  }

  /// The blocks with the shortest modelled time that fit into tile memory; the larger block wins a
  /// tie.
  public static Blocks choose(Problem p, Machine machine) {
    List<Blocks> candidates = new ArrayList<>();
    for (int bm : SIDES) {
      for (int bn : SIDES) {
        if (bn >= p.smallestColumns() && isUseful(bm, p.m) && isUseful(bn, p.n)) {
          deepest(bm, bn, p, machine).ifPresent(candidates::add);
        }
      }
    }
    return candidates.stream()
        .min(
            Comparator.comparingDouble((Blocks b) -> b.cycles(p, machine))
                .thenComparing(b -> -b.bm * b.bn)
                .thenComparing(b -> b.bm))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no block of a %dx%dx%d product fits into a tile of %s"
                    .formatted(p.m, p.n, p.k, machine.name())));
  }

  private static boolean isUseful(int side, long size) {
    return side == SIDES.getFirst() || side < 2 * size;
  }

  /// Blocks of given sides whose operands fit beside accumulator and result, in a few depths.
  static List<Blocks> fitting(int bm, int bn, Problem p, Machine machine) {
    int bits = Math.max(p.element(p.x).bits(), p.element(p.w).bits());
    int most = Kernel.nextPow2(Math.max(p.k, p.smallestDepth()));
    List<Blocks> all = new ArrayList<>();
    for (int rowBytes = 64; rowBytes <= 512; rowBytes *= 2) {
      int bk = Math.max(p.smallestDepth(), Math.min(most, rowBytes * 8 / bits));
      for (int stages : List.of(4, 3, 2)) {
        Blocks blocks = new Blocks(bm, bn, Integer.highestOneBit(bk), stages);
        if (blocks.bytes(p) <= machine.tsram().bytes() && !all.contains(blocks)) {
          all.add(blocks);
        }
      }
    }
    return all;
  }

  /// Whether a second accumulator fits, so that the epilogue overlaps the next block's products.
  boolean hasTwoAccumulators(Problem p, Machine machine) {
    return bytes(p) + 4L * bm * bn <= machine.tsram().bytes();
  }

  private static Optional<Blocks> deepest(int bm, int bn, Problem p, Machine machine) {
    long wanted = ROW_BYTES * 8L / Math.max(p.element(p.x).bits(), p.element(p.w).bits());
    int deepest = Kernel.nextPow2(Math.min(Math.max(p.k, p.smallestDepth()), wanted));
    for (int bk = Math.max(deepest, p.smallestDepth()); bk >= p.smallestDepth(); bk /= 2) {
      for (int stages : List.of(3, 2)) {
        Blocks blocks = new Blocks(bm, bn, bk, stages);
        if (blocks.bytes(p) <= machine.tsram().bytes()) {
          return Optional.of(blocks);
        }
      }
    }
    return Optional.empty();
  }

  /// Bytes of tile memory, one slot for everything but the operands.
  long bytes(Problem p) {
    long area = (long) bm * bn;
    long operands = p.x.bytes((long) bm * bk) + p.w.bytes((long) bn * bk);
    long quantised = p.y instanceof BlockFormat ? 4 * area : 0;
    return stages * operands + 4 * area + quantised + resultBytes(p) + 8L * bn;
  }

  /// The result, or the strips in which it leaves with one of a step before it.
  private long resultBytes(Problem p) {
    int strip = p.y instanceof DType ? Strips.rows(bm, bn) : bm;
    long area = (long) strip * bn;
    return strip == bm ? p.y.bytes(area) : Strips.SLOTS * p.y.bytes(area) + 4 * area;
  }

  private double cycles(Problem p, Machine machine) {
    long programs = (long) Kernel.cdiv(p.m, bm) * Kernel.cdiv(p.n, bn);
    long active = Math.min(programs, machine.tiles());
    long waves = Math.ceilDiv(programs, machine.tiles());
    long padded = (long) Kernel.cdiv(p.k, bk) * bk;
    int depth = machine.ttu().depth(p.element(p.x), p.element(p.w)).orElse(1);
    double compute =
        Math.ceilDiv(bm, machine.ttu().rows())
                * (double) Math.ceilDiv(bn, machine.ttu().columns())
                * Math.ceilDiv(padded, depth)
            + machine.ttu().fillCycles();
    double rate = bytesPerCycle(machine, active);
    double load = (p.x.bytes(bm * padded) + p.w.bytes(bn * padded)) / rate;
    double issue = (padded / (double) bk) * 2 * machine.tileDma().issueCycles();
    double lanes = machine.tvp().lanes32() * (double) machine.tvp().flopsPerLanePerCycle();
    double drain = (double) bm * bn * EPILOGUE_FLOPS / lanes + p.y.bytes((long) bm * bn) / rate;
    double latency = machine.hbm().latencyPicoseconds() * 1e-12 * machine.clockHertz();
    double steady = Math.max(Math.max(compute, Math.max(load, issue)), drain);
    return 2 * latency + waves * steady + drain;
  }

  /// What one tile's loads reach: its channels, what they may have in flight, its share of HBM.
  private static double bytesPerCycle(Machine machine, long active) {
    double latency = machine.hbm().latencyPicoseconds() * 1e-12 * machine.clockHertz();
    int channels = machine.tileDma().channels();
    double inFlight = channels * machine.tileDma().outstandingBytes() / latency;
    double ingest =
        Math.min(
            channels * (double) machine.tileDma().bytesPerCycle(),
            machine.tileIngestBytesPerCycle());
    double share = machine.hbm().streamBytesPerSecond() / machine.clockHertz() / active;
    return Math.min(ingest, Math.min(inFlight, share));
  }
}
