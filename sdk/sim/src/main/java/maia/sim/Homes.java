package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.npl.NplException;
import maia.npl.NplException.Category;

/// Resolves the tiles an address or a signal names.
final class Homes {
  private Homes() {}

  /// The site itself, or the tiles that the operands name.
  static List<Site> sites(Entry e, Op.HomeRef home, Site site) {
    return switch (home.kind()) {
      case OWN -> List.of(site);
      case AT -> List.of(site(e, home, site));
      case LANES -> {
        var sites = new ArrayList<Site>();
        for (long i = 0; i < e.values[home.at() + 1]; i++) {
          long lane = e.values[home.at()] + i * e.values[home.at() + 2];
          sites.add(site.lanes.get((int) lane));
        }
        yield sites;
      }
    };
  }

  /// The one site that holds an operand.
  static Site site(Entry e, Op.HomeRef home, Site site) {
    return switch (home.kind()) {
      case OWN -> site;
      case AT -> site.lanes.get((int) e.values[home.at() + 2]);
      case LANES -> throw new IllegalStateException("bug in Homes: several tiles as one");
    };
  }

  /// Refuses tiles that are not there.
  static void check(Entry e, Site site) {
    switch (e.op) {
      case Op.Sync s -> checkIfRemote(e, s.home(), site);
      case Op.Load l -> checkIfRemote(e, l.to().home(), site);
      case Op.Store s -> checkIfRemote(e, s.from().home(), site);
      case Op.Move m -> {
        checkIfRemote(e, m.from().home(), site);
        checkIfRemote(e, m.to().home(), site);
      }
      default -> {} // the verifier keeps other instructions on their own tile
    }
  }

  private static void checkIfRemote(Entry e, Op.HomeRef home, Site site) {
    if (!home.isOwn()) {
      check(e, home, site);
    }
  }

  private static void check(Entry e, Op.HomeRef home, Site site) {
    long x = e.values[home.at()];
    long y = e.values[home.at() + 1];
    long z = e.values[home.at() + 2];
    if (home.kind() == Op.HomeRef.Kind.AT) {
      unless(
          x == 0 && y == site.cluster,
          Category.NOT_BUILT,
          e,
          "tile of chip %d, cluster %d, addressed from cluster %d; go through HBM to reach it",
          x,
          y,
          site.cluster);
      lane(e, z, site);
      return;
    }
    unless(
        y >= 1 && z >= 1,
        Category.STRUCTURE,
        e,
        "lanes: count and step must be positive, were %d and %d",
        y,
        z);
    lane(e, x, site);
    lane(e, x + (y - 1) * z, site);
  }

  private static void lane(Entry e, long lane, Site site) {
    unless(
        lane >= 0 && lane < site.lanes.size(),
        Category.OUT_OF_BOUNDS,
        e,
        "lane %d of cluster %d, %d of its tiles take part",
        lane,
        site.cluster,
        site.lanes.size());
  }

  private static void unless(
      boolean holds, Category category, Entry e, String format, Object... values) {
    if (!holds) {
      throw new NplException(
          category, e.op.info().label() + ": " + format.formatted(values), e.op.info().origin());
    }
  }

  /// Whether any instruction reaches another tile.
  static boolean areUsed(List<QueueCode> codes) {
    return codes.stream()
        .flatMap(code -> Stream.of(code.steps()))
        .anyMatch(
            step -> step instanceof Step.Do(var op) && homes(op).anyMatch(home -> !home.isOwn()));
  }

  private static Stream<Op.HomeRef> homes(Op op) {
    return switch (op) {
      case Op.Sync s -> Stream.of(s.home());
      case Op.Load l -> Stream.of(l.to().home());
      case Op.Store s -> Stream.of(s.from().home());
      case Op.Move m -> Stream.of(m.from().home(), m.to().home());
      default -> Stream.empty(); // the verifier keeps other instructions on their own tile
    };
  }

  /// The box on chip that a copy writes.
  static Optional<Op.RegionRef> written(Op op) {
    return switch (op) {
      case Op.Load l -> Optional.of(l.to());
      case Op.Move m -> Optional.of(m.to());
      default -> Optional.empty();
    };
  }
}
