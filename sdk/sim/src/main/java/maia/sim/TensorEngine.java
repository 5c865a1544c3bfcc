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
        (long) Math.ceilDiv(entry.box[0], ttu.rows())
            * Math.ceilDiv(entry.box[1], ttu.columns())
            * Math.ceilDiv(entry.box[2], depth);
    long busy = sim.machine.picoseconds(cycles);
    long fill = cycles == 0 ? 0 : sim.machine.picoseconds(ttu.fillCycles());
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.product(op, flops(entry), now, now + busy);
    queue.finishAt(entry, now + busy + fill);
  }

  static long flops(Entry entry) {
    return 2 * VectorEngine.elements(entry.box);
  }
}
