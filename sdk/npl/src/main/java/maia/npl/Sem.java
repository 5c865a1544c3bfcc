package maia.npl;

/// A counting semaphore of a hand-written program.
///
/// @param ref which one
public record Sem(SemaphoreRef ref) {
  /// The member `index` of the same family.
  public Sem at(Expr index) {
    return new Sem(new SemaphoreRef(ref.name(), index, ref.home()));
  }

  /// This semaphore on another tile of the cluster, or on several; a queue can only signal there.
  public Sem on(Home home) {
    return new Sem(new SemaphoreRef(ref.name(), ref.index(), home));
  }
}
