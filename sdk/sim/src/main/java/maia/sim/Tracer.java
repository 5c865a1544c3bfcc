package maia.sim;

import java.util.ArrayList;
import java.util.List;

/// Keeps the first spans of a run.
final class Tracer {
  private final int limit;
  private final List<Span> spans = new ArrayList<>();

  Tracer(int limit) {
    this.limit = limit;
  }

  void record(QueueState queue, Entry entry, long now) {
    if (spans.size() >= limit) {
      return;
    }
    CopyPlan plan = entry.plan;
    long bytes = plan == null ? 0 : Math.max(plan.hbmBytes(), plan.chipBytes());
    Op.Info info = entry.op.info();
    spans.add(
        new Span(
            queue.site.tile,
            queue.code.name(),
            info.label(),
            entry.start,
            entry.done,
            bytes,
            VectorEngine.flops(entry),
            info.origin()));
  }

  List<Span> spans() {
    return spans;
  }
}
