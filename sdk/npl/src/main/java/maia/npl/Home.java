package maia.npl;

/// Which chip, cluster and tile an on-chip address or semaphore belongs to.
public sealed interface Home {
  /// The executing tile (or cluster) itself.
  record Own() implements Home {}

  /// A named tile; `lane` counts tiles in the cluster. It must lie in the executing cluster.
  record At(Expr chip, Expr cluster, Expr lane) implements Home {}

  /// `count` tiles of the executing cluster: lanes `first`, `first + step`, and so on. A copy to
  /// them reads its source once and writes every one of them; a signal reaches all of them.
  record Lanes(Expr first, Expr count, Expr step) implements Home {}

  /// The executing tile itself.
  Home OWN = new Own();

  /// Tile `lane` of the executing cluster.
  static Home lane(Expr lane) {
    return new At(Expr.ZERO, Expr.reg(Builtin.CLUSTER), lane);
  }

  /// `count` neighbouring tiles of the executing cluster, from lane `first`.
  static Home lanes(Expr first, Expr count) {
    return new Lanes(first, count, Expr.ONE);
  }
}
