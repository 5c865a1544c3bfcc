package maia.sim;

/// The tensor unit. It accepts `a` and `b` of published input types; an instruction occupies it for
/// one cycle per step of rows x columns x depth, and its result is in place a fill later, so
/// back-to-back instructions stream and only an idle unit pays the fill.
final class TensorEngine implements Unit {
  private final Simulation sim;
  private final QueueState queue;

  TensorEngine(Simulation sim, QueueState queue) {
    this.sim = sim;
    this.queue = queue;
  }

  @Override
  public String kind() {
    return "ttu";
  }

  @Override
  public void begin(Entry entry, long now) {
    var op = (Op.Product) entry.op;
    var ttu = sim.machine.ttu();
    int depth = ttu.depth(op.left(), op.right()).orElseThrow();
    long cycles =
        (long) Math.ceilDiv(op.m(), ttu.rows())
            * Math.ceilDiv(op.n(), ttu.columns())
            * Math.ceilDiv(op.k(), depth);
    long busy = sim.machine.picoseconds(cycles);
    long fill = sim.machine.picoseconds(ttu.fillCycles());
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.product(op, flops(op), now, now + busy);
    queue.finishAt(entry, now + busy + fill);
  }

  static long flops(Op.Product op) {
    return 2L * op.m() * op.n() * op.k();
  }
}
