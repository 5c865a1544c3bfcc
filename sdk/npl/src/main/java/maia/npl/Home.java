package maia.npl;

/// Which chip, cluster and tile an on-chip address or semaphore belongs to.
public sealed interface Home {
  /// The executing tile (or cluster) itself.
  record Own() implements Home {}

  /// A named tile; `lane` counts tiles in the cluster.
  record At(Expr chip, Expr cluster, Expr lane) implements Home {}

  /// The executing tile itself.
  Home OWN = new Own();
}
