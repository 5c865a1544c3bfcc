package maia.sim;

import java.util.List;
import maia.machine.Ports;
import maia.machine.TensorUnit;

/// The tensor unit. An instruction occupies it for one cycle per step of rows x columns x depth, or
/// for what its operand ports need to bring in a block of rows and a block of columns per step, or
/// for what its result port needs to write the sums and, unless they start anew, to read them:
/// whichever is longest. Its result is in place a fill later, so back-to-back instructions stream
/// and only an idle unit pays the fill.
final class TensorEngine implements Unit {
  private static final int BITS = 8;
  private static final int SUM_BYTES = 4;

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
    long cycles = cycles(sim.machine.ttu(), op, entry.box, entry.values[op.clear()] != 0);
    long busy = sim.machine.picoseconds(cycles);
    busy += queue.site.banks.begin(queue, entry, uses(op, entry), now, busy);
    long fill = cycles == 0 ? 0 : sim.machine.picoseconds(sim.machine.ttu().fillCycles());
    queue.unitFree = now + busy;
    queue.busy += busy;
    sim.meter.product(op, queue.site.share(flops(entry)), now, now + busy);
    queue.finishAt(entry, now + busy + fill);
  }

  /// Every step reads a block of rows and a block of columns; sums are read and written once.
  private List<Banks.Use> uses(Op.Product op, Entry entry) {
    var ttu = sim.machine.ttu();
    double steps =
        (double) Math.ceilDiv(entry.box[0], ttu.rows())
            * Math.ceilDiv(entry.box[1], ttu.columns())
            * entry.box[2];
    boolean clears = entry.values[op.clear()] != 0;
    double sums = (double) entry.box[0] * entry.box[1] * SUM_BYTES * (clears ? 1 : 2);
    return List.of(
        new Banks.Use(op.a(), steps * ttu.rows() * op.left().bits() / BITS),
        new Banks.Use(op.b(), steps * ttu.columns() * op.right().bits() / BITS),
        new Banks.Use(op.acc(), sums));
  }

  /// Cycles of a product of sizes `box` (m, n, k).
  private static long cycles(TensorUnit ttu, Op.Product op, int[] box, boolean clears) {
    int depth = ttu.depth(op.left(), op.right()).orElseThrow();
    long steps =
        (long) Math.ceilDiv(box[0], ttu.rows())
            * Math.ceilDiv(box[1], ttu.columns())
            * Math.ceilDiv(box[2], depth);
    int widest = Math.max(op.left().bits(), op.right().bits());
    long operand = (long) Math.max(ttu.rows(), ttu.columns()) * depth * widest / BITS;
    if (op.block() > 0) {
      operand += (long) Math.max(ttu.rows(), ttu.columns()) * Math.ceilDiv(depth, op.block());
    }
    long fetch = Math.ceilDiv(steps * operand, (long) ttu.operandBytesPerCycle());
    long passes = clears || ttu.resultPorts() == Ports.SEPARATE ? 1 : 2;
    long sums = (long) box[0] * box[1] * SUM_BYTES * passes;
    long drain = Math.ceilDiv(sums, (long) ttu.resultBytesPerCycle());
    return steps == 0 ? 0 : Math.max(steps, Math.max(fetch, drain));
  }

  static long flops(Entry entry) {
    return 2 * VectorEngine.elements(entry.box);
  }
}
