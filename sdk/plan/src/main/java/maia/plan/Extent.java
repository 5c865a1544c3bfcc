package maia.plan;

import maia.sim.Options;

/// How much of an operator is simulated.
public enum Extent {
  /// One cluster of a kind, and of an operator that repeats the same work often, a few repetitions,
  /// from which the rest follows: such an estimate is called `sampled` (decision 067).
  SAMPLED,
  /// One cluster of a kind, from beginning to end.
  ONE_OF_A_KIND,
  /// Every cluster, from beginning to end.
  WHOLE_CHIP;

  /// What the simulator is asked for.
  Options options() {
    Options.Clusters clusters =
        this == WHOLE_CHIP ? Options.Clusters.ALL : Options.Clusters.ONE_OF_A_KIND;
    return Options.timingOnly().withTraceLimit(0).withClusters(clusters);
  }
}
