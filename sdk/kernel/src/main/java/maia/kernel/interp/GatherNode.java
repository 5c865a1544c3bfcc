package maia.kernel.interp;

import maia.base.Origin;
import maia.kernel.ir.Mistake;

/// Reads a plain slot along one dimension at the places an index names.
final class GatherNode implements Node {
  private final Slot x;
  private final Slot index;
  private final int axis;
  private final Slot out;
  private final Instance program;
  private final Origin origin;

  GatherNode(Slot x, Slot index, int axis, Slot out, Instance program, Origin origin) {
    this.x = x;
    this.index = index;
    this.axis = axis;
    this.out = out;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    Lines from = Lines.of(x.shape, axis);
    Lines to = Lines.of(index.shape, axis);
    for (int line = 0; line < to.count(); line++) {
      for (int i = 0; i < to.length(); i++) {
        int place = to.at(line, i);
        long wanted = index.longs[place];
        if (wanted < 0 || wanted >= from.length()) {
          throw program.fault(
              Mistake.NO_SUCH_POSITION,
              origin,
              "gather at line %d: program %s, lane %s asks for position %d of dimension %d, there are"
                  + " %d; keep indices inside",
              origin.line(),
              program.name(),
              Texts.lane(index.shape, place),
              wanted,
              axis,
              from.length());
        }
        int at = from.at(line, (int) wanted);
        if (x.isFloat()) {
          out.floats[place] = x.floats[at];
        } else {
          out.longs[place] = x.longs[at];
        }
      }
    }
  }
}
