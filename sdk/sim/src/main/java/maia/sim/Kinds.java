package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import maia.npl.Engine;

/// Which clusters, or tiles, stand for others: those with nearly the same work, of which the one
/// with the most is simulated. What a cluster does is added up from its control streams. Of loops
/// within loops only the first and the last turn are looked at, and count for half of the turns
/// each, as sizes change at the edges of arrays.
final class Kinds {
  /// Clusters are alike whose work differs by at most this share.
  private static final double TOLERANCE = 0.075;

  private final Simulation sim;
  private final List<QueueCode> codes;

  Kinds(Simulation sim, List<QueueCode> codes) {
    this.sim = sim;
    this.codes = codes;
  }

  /// What queues do.
  private static final class Work {
    /// Bytes to and from HBM, bytes on chip, multiply-adds, elements, instructions.
    final double[] sums = new double[5];

    void add(Entry entry, double turns) {
      CopyPlan plan = entry.plan;
      if (plan != null) {
        sums[0] += turns * plan.hbmBytes();
        sums[1] += turns * plan.chipBytes();
      } else {
        sums[entry.op instanceof Op.Product ? 2 : 3] += turns * VectorEngine.elements(entry.box);
      }
      sums[4] += turns;
    }

    boolean isLike(Work other) {
      return IntStream.range(0, sums.length)
          .allMatch(i -> Math.abs(sums[i] - other.sums[i]) <= TOLERANCE * other.sums[i]);
    }

    /// The work in shares of `most`, added up.
    double weight(double[] most) {
      return IntStream.range(0, sums.length)
          .mapToDouble(i -> most[i] == 0 ? 0 : sums[i] / most[i])
          .sum();
    }
  }

  /// Of every cluster, how many clusters' work it stands for: 0 where another stands for it.
  double[] alike(List<List<Site>> clusters) {
    List<Work> works = clusters.stream().map(this::work).toList();
    double[] most = new double[5];
    works.forEach(w -> Arrays.setAll(most, i -> Math.max(most[i], w.sums[i])));
    List<Integer> byWeight =
        IntStream.range(0, works.size())
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -works.get(c).weight(most)))
            .toList();
    double[] alike = new double[works.size()];
    var chosen = new ArrayList<Integer>();
    for (int c : byWeight) {
      Work work = works.get(c);
      int kind = chosen.stream().filter(k -> work.isLike(works.get(k))).findFirst().orElse(c);
      if (kind == c) {
        chosen.add(c);
      }
      double own = works.get(kind).sums[0];
      alike[kind] += own == 0 ? 1 : work.sums[0] / own;
    }
    return alike;
  }

  private Work work(List<Site> cluster) {
    var work = new Work();
    for (Site site : cluster) {
      for (QueueCode code : codes) {
        if ((code.engine() == Engine.CLUSTER_DMA) == (site.parent == null)) {
          add(site, new ControlStream(sim, site, code, true), work);
        }
      }
    }
    return work;
  }

  private void add(Site site, ControlStream stream, Work work) {
    for (Op op = stream.peek(); op != null; op = stream.peek()) {
      if (op instanceof Op.Sync) {
        stream.skip();
      } else {
        Entry known = stream.again(op);
        work.add(known == null ? checked(stream.take(op, 0), site) : known, stream.turns());
      }
    }
  }

  private Entry checked(Entry entry, Site site) {
    sim.bounds.check(entry, site);
    return entry;
  }
}
