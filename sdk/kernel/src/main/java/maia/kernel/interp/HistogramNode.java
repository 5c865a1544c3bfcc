package maia.kernel.interp;

import java.util.Arrays;
import maia.base.Origin;
import maia.kernel.ir.Mistake;
import org.jspecify.annotations.Nullable;

/// Counts how often each bin's number occurs.
final class HistogramNode implements Node {
  private final Slot x;
  private final @Nullable Slot mask;
  private final Slot out;
  private final Instance program;
  private final Origin origin;

  HistogramNode(Slot x, @Nullable Slot mask, Slot out, Instance program, Origin origin) {
    this.x = x;
    this.mask = mask;
    this.out = out;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    Arrays.fill(out.longs, 0);
    int bins = out.longs.length;
    for (int i = 0; i < x.longs.length; i++) {
      if (mask != null && mask.longs[i] == 0) {
        continue;
      }
      long bin = x.longs[i];
      if (bin < 0 || bin >= bins) {
        throw program.fault(
            Mistake.NO_SUCH_BIN,
            origin,
            "histogram at line %d: program %s, lane %s counts %d, there are %d bins, mask %s; mask it"
                + " or use more bins",
            origin.line(),
            program.name(),
            Texts.lane(x.shape, i),
            bin,
            bins,
            mask == null ? "absent" : "true");
      }
      out.longs[(int) bin]++;
    }
  }
}
