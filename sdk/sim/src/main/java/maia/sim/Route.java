package maia.sim;

import java.util.ArrayList;
import java.util.List;
import maia.npl.Space;

/// The shared resources a copy goes through.
///
/// @param hbm whether one side is HBM
/// @param isRead whether HBM is read
/// @param ports memory ports, one entry per passage
/// @param csramPasses passages of cluster SRAM
/// @param tsramPasses passages of tile SRAM
/// @param latency from a chunk's last byte to its arrival
record Route(
    boolean hbm, boolean isRead, List<Pipe> ports, int csramPasses, int tsramPasses, long latency) {

  /// Whether the route of an instruction is the same every time.
  static boolean isFixed(Op op) {
    return switch (op) {
      case Op.Load load -> load.to().home().isOwn();
      case Op.Store store -> store.from().home().isOwn();
      case Op.Move move -> move.from().home().isOwn() && move.to().home().isOwn();
      default -> true;
    };
  }

  static Route of(Simulation sim, Site site, Entry entry) {
    var ports = new ArrayList<Pipe>();
    var passes = new int[2];
    return switch (entry.op) {
      case Op.Load load -> {
        enter(sim, site, entry, load.to(), ports, passes);
        yield hbm(sim, true, ports, passes);
      }
      case Op.Store store -> {
        exit(sim, site, entry, store.from(), ports, passes);
        yield hbm(sim, false, ports, passes);
      }
      case Op.Move move -> {
        exit(sim, site, entry, move.from(), ports, passes);
        enter(sim, site, entry, move.to(), ports, passes);
        var sync = sim.machine.sync();
        boolean isLocal = passes[0] == 0 && isFixed(move);
        int cycles = isLocal ? sync.tileCycles() : sync.clusterCycles();
        yield new Route(false, false, ports, passes[0], passes[1], sim.machine.picoseconds(cycles));
      }
      case Op.Gather g -> {
        enter(sim, site, entry, g.to(), ports, passes);
        yield hbm(sim, true, ports, passes);
      }
      case Op.Scatter s -> {
        exit(sim, site, entry, s.from(), ports, passes);
        yield hbm(sim, false, ports, passes);
      }
      case Op.Atomic a -> {
        exit(sim, site, entry, a.value(), ports, passes);
        if (a.old() != null) {
          enter(sim, site, entry, a.old(), ports, passes);
        }
        yield hbm(sim, true, ports, passes);
      }
      case Op.Fetch _, Op.Fold _, Op.Sort _, Op.Histogram _, Op.Show _, Op.Verify _ ->
          throw new IllegalStateException("bug in Route: got " + entry.op);
      case Op.Sync _, Op.Product _, Op.Map _, Op.Reduce _, Op.Quantize _ ->
          throw new IllegalStateException("bug in Route: got " + entry.op);
    };
  }

  private static Route hbm(Simulation sim, boolean isRead, List<Pipe> ports, int[] passes) {
    return new Route(
        true, isRead, ports, passes[0], passes[1], sim.machine.hbm().latencyPicoseconds());
  }

  private static boolean isCluster(Simulation sim, Op.RegionRef r) {
    return sim.binding.program.buffers().get(r.buffer()).space() == Space.CSRAM;
  }

  private static void exit(
      Simulation sim, Site site, Entry entry, Op.RegionRef from, List<Pipe> ports, int[] passes) {
    ports.add(Homes.site(entry, from.home(), site).owner(from.buffer()).port);
    passes[isCluster(sim, from) ? 0 : 1]++;
  }

  private static void enter(
      Simulation sim, Site site, Entry entry, Op.RegionRef to, List<Pipe> ports, int[] passes) {
    for (Site target : Homes.sites(entry, to.home(), site)) {
      Site owner = target.owner(to.buffer());
      ports.add(owner.port);
      if (owner.ingest != owner.port) {
        ports.add(owner.ingest);
      }
      passes[isCluster(sim, to) ? 0 : 1]++;
    }
  }
}
