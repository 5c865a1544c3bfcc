package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.machine.Machine;
import maia.npl.Place;

/// What goes through cluster memory.
final class Panels {
  private final GridMap map;
  private final Machine machine;
  private final Map<Op.Load, Set<Integer>> staged;
  private final Set<Op.Load> onOneChannel = new HashSet<>();
  private final List<Share> shares = new ArrayList<>();

  Panels(Func func, GridMap map, Machine machine) {
    this.map = map;
    this.machine = machine;
    staged = map.stagedLoads(func);
    if (!staged.isEmpty()) {
      StagingModel model = new StagingModel(machine, map.down(), map.across());
      Sharing.of(func).loops().stream()
          .filter(model::fitsOneChannel)
          .forEach(loop -> onOneChannel.addAll(loop.shared().keySet()));
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
    Share share = new Share(section, staged.get(load), reader, map);
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
    for (Share share : shares) {
      most = Math.max(most, Math.max(2, share.home.stages()));
    }
    for (int turns = Math.ceilDiv(most, channels) * channels; turns > 0; turns -= channels) {
      int count = turns;
      long bytes = shares.stream().mapToLong(s -> count * s.turnBytes()).sum();
      long semaphores = shares.stream().mapToLong(s -> 2L * count * s.lanes()).sum();
      if (bytes <= machine.csram().bytes() && semaphores <= machine.sync().perCluster()) {
        shares.forEach(share -> share.turns(count));
        return true;
      }
    }
    return shares.isEmpty();
  }

  long neededBytes() {
    return shares.stream().mapToLong(s -> machine.clusterDma().channels() * s.turnBytes()).sum();
  }
}
