package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Check;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.machine.Machine;
import maia.npl.Place;

/// What goes through cluster memory.
final class Panels {
  /// A load with more than this share of a loop's bytes is cut, when it is worth two descriptors.
  static final double MOST = 0.7;

  private static final long SMALLEST = 8 << 10;

  private final GridMap map;
  private final Machine machine;
  private final Map<Op.Load, Set<Integer>> staged;
  private final Set<Op.Load> onOneChannel = new HashSet<>();
  private final Set<Op.Load> cut = new HashSet<>();
  private final Set<Op.Load> pushed = new HashSet<>();
  private final Set<Op.Load> kept = new HashSet<>();
  private final List<Share> shares = new ArrayList<>();

  Panels(Func func, GridMap map, Machine machine) {
    this.map = map;
    this.machine = machine;
    staged = map.stagedLoads(func);
    Sharing.of(func).loops().forEach(this::cut);
    if (!staged.isEmpty()) {
      StagingModel model = new StagingModel(machine, map.down(), map.across());
      Defs defs = new Defs(func);
      for (Sharing.Loop loop : Sharing.of(func).loops()) {
        Set<Op.Load> stay = isKept(loop) ? keptOf(loop) : Set.of();
        kept.addAll(stay);
        onOneChannel.addAll(stay);
        if (model.fitsOneChannel(loop)) {
          onOneChannel.addAll(loop.shared().keySet());
        } else {
          loop.shared().keySet().stream()
              .filter(load -> !stay.contains(load) && isForProductsOnly(load, loop, defs))
              .forEach(pushed::add);
        }
      }
    }
  }

  /// Blocks are kept for one loop only.
  private boolean isKept(Sharing.Loop loop) {
    return map.kept() >= 0 && loop.own().isEmpty() && kept.isEmpty();
  }

  private Set<Op.Load> keptOf(Sharing.Loop loop) {
    Set<Op.Load> found = new HashSet<>();
    loop.shared()
        .forEach((load, dims) -> {
          if (isStaged(load) && dims.equals(Set.of(map.kept()))) {
            found.add(load);
          }
        });
    return found;
  }

  private static boolean isForProductsOnly(Op.Load load, Sharing.Loop loop, Defs defs) {
    long reads = 0;
    for (Op.Dot dot : loop.dots()) {
      List<Term> operands = new ArrayList<>(List.of(dot.a(), dot.b()));
      dot.scales().ifPresent(s -> operands.addAll(List.of(s.a(), s.b())));
      reads += operands.stream().filter(term -> isRead(term, load.result())).count();
    }
    return reads == defs.uses(load.result());
  }

  private static boolean isRead(Term term, Value value) {
    Term seen = term instanceof Term.Transpose(var x) ? x : term;
    return seen.equals(Term.of(value));
  }

  /// Whether two channels share this load: it is most of what the loop loads directly.
  boolean isCut(Op.Load load) {
    return cut.contains(load);
  }

  private void cut(Sharing.Loop loop) {
    List<Op.Load> direct = new ArrayList<>(loop.own());
    loop.shared().keySet().stream().filter(load -> !isStaged(load)).forEach(direct::add);
    double total = direct.stream().mapToDouble(StagingModel::bytes).sum();
    for (Op.Load load : direct) {
      double bytes = StagingModel.bytes(load);
      if (machine.tileDma().channels() > 1 && bytes > MOST * total && bytes >= SMALLEST) {
        cut.add(load);
      }
    }
  }

  boolean isStaged(Op.Load load) {
    return staged.containsKey(load);
  }

  /// Whether one channel of the tile is enough for this load and the others of its loop, which
  /// leaves the other channels to stores.
  boolean fitsOneChannel(Op.Load load) {
    return onOneChannel.contains(load);
  }

  /// Whether the cluster writes the block into the tiles: it would keep their channels busy, and
  /// only the tensor unit reads it.
  boolean isPushed(Op.Load load) {
    return pushed.contains(load);
  }

  List<Share> shares() {
    return shares;
  }

  boolean isIn(Section section) {
    return shares.stream().anyMatch(share -> share.home.isIn(section));
  }

  /// The share of a load: that of the load just before it when the same lanes read both, else a new
  /// one.
  Share share(Op.Load load, Section section, Node.Queue reader) {
    if (!shares.isEmpty() && !section.nodes().isEmpty()) {
      Share last = shares.getLast();
      boolean adjacent =
          section.nodes().getLast() instanceof Node.Token token && token.share() == last;
      if (adjacent
          && last.home == section
          && last.dims.equals(staged.get(load))
          && last.reader.equals(reader)) {
        return last;
      }
    }
    Set<Integer> dims = Check.present(staged.get(load), "Panels", load.result());
    int channels = machine.clusterDma().channels();
    Share share =
        kept.contains(load)
            ? Share.kept(section, dims, reader, map, channels)
            : new Share(section, dims, reader, map, isPushed(load));
    shares.add(share);
    return share;
  }

  /// Adds one array to a share and returns it.
  Share.Panel panel(Share share, String name, Buf like, Place.Window window, Op.Load load) {
    Share.Panel panel = new Share.Panel(name, like, window, load.other(), load.origin());
    share.panels().add(panel);
    return panel;
  }

  /// Gives every share as many turns as cluster memory and semaphores allow; false when there is
  /// not room for one turn per channel.
  boolean assign() {
    int channels = machine.clusterDma().channels();
    int most = 0;
    long taken = 0;
    for (Share share : shares) {
      if (share.isPushed()) {
        share.turns(share.home.stages());
        taken += (long) share.turns() * share.lanes();
      }
      if (share.isKept()) {
        taken += (long) channels * share.lanes();
      }
      most = Math.max(most, Math.max(2, share.home.stages()));
    }
    List<Share> stored =
        shares.stream().filter(share -> !share.isPushed() && !share.isKept()).toList();
    long left = machine.sync().perCluster() - taken;
    for (int turns = Math.ceilDiv(most, channels) * channels; turns > 0; turns -= channels) {
      int count = turns;
      long bytes = stored.stream().mapToLong(s -> count * s.turnBytes()).sum();
      long semaphores = stored.stream().mapToLong(s -> 2L * count * s.lanes()).sum();
      if (bytes <= machine.csram().bytes() && semaphores <= left && keep(bytes)) {
        stored.forEach(share -> share.turns(count));
        return true;
      }
    }
    return shares.isEmpty();
  }

  /// Gives what is kept the rest of cluster memory; false when that is too little to work with.
  private boolean keep(long taken) {
    List<Share> stay = shares.stream().filter(Share::isKept).toList();
    long each = stay.stream().mapToLong(Share::turnBytes).sum();
    if (stay.isEmpty()) {
      return true;
    }
    int turns = Kept.turns(machine, machine.csram().bytes() - taken, each);
    stay.forEach(share -> share.turns(turns));
    return turns >= Kept.LEAD + machine.clusterDma().channels();
  }

  /// Whether something is to be kept, and one loop of every program loads all that is shared.
  boolean canKeep(Section root) {
    Set<Section> homes = new HashSet<>();
    shares.forEach(share -> homes.add(share.home));
    return shares.stream().anyMatch(Share::isKept)
        && homes.size() == 1
        && root.nodes().stream()
            .anyMatch(node ->
                node instanceof Node.Loop loop
                    && homes.contains(loop.body())
                    && Kept.isPossible(loop));
  }

  long neededBytes() {
    return shares.stream()
        .filter(share -> !share.isPushed())
        .mapToLong(share -> fewestTurns(share) * share.turnBytes())
        .sum();
  }

  private long fewestTurns(Share share) {
    int channels = machine.clusterDma().channels();
    return share.isKept() ? Kept.LEAD + channels : channels;
  }
}
