package maia.kernel;

import java.lang.reflect.RecordComponent;
import maia.machine.Machine;

/// A machine as text that differs when any of its numbers does, for the keys of caches. The
/// citations of the numbers are left out.
final class MachineText {
  private MachineText() {}

  static String of(Machine machine) {
    StringBuilder text = new StringBuilder();
    try {
      for (RecordComponent part : Machine.class.getRecordComponents()) {
        if (part.getName().equals("sources")) {
          continue;
        }
        text.append(part.getName()).append(' ');
        text.append(part.getAccessor().invoke(machine)).append('\n');
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("bug in MachineText: a record hides its parts", e);
    }
    return text.toString();
  }
}
