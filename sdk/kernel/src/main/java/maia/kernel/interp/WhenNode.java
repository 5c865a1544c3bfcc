package maia.kernel.interp;

/// Runs one of two bodies.
final class WhenNode implements Node {
  private final Slot condition;
  private final Node[] then;
  private final Node[] otherwise;

  WhenNode(Slot condition, Node[] then, Node[] otherwise) {
    this.condition = condition;
    this.then = then;
    this.otherwise = otherwise;
  }

  @Override
  public void run() {
    Node.all(condition.scalar() != 0 ? then : otherwise);
  }
}
