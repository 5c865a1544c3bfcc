package maia.sim;

import java.util.List;
import maia.machine.Sram;
import maia.npl.Program;
import maia.npl.Space;

/// Where the slots of a program's buffers lie in an on-chip memory: slots of at least a sixteenth
/// of a bank in banks of their own, smaller ones dealt to the banks that are left; where that does
/// not fit, all one after another.
final class Layout {
  private static final int SMALL = 16;

  private final Sram sram;
  private final long[][] addresses;
  private final long[] slotBytes;

  Layout(List<Program.Buffer> buffers, Sram sram, boolean isCluster) {
    this.sram = sram;
    this.addresses = new long[buffers.size()][];
    this.slotBytes = new long[buffers.size()];
    for (int b = 0; b < addresses.length; b++) {
      Program.Buffer buffer = buffers.get(b);
      boolean isHere = (buffer.space() == Space.CSRAM) == isCluster;
      addresses[b] = new long[isHere ? buffer.slots() : 0];
      slotBytes[b] = buffer.type().bytes(buffer.elements());
    }
    if (!spread()) {
      pack();
    }
  }

  /// Large slots at banks of their own, small ones dealt to the banks that are left; false when
  /// that does not fit.
  private boolean spread() {
    long bank = sram.bankBytes();
    long end = 0;
    for (int b = 0; b < addresses.length; b++) {
      for (int s = 0; isLarge(b) && s < addresses[b].length; s++) {
        addresses[b][s] = end;
        end += Math.ceilDiv(slotBytes[b], bank) * bank;
      }
    }
    int left = (int) Math.max(0, (sram.bytes() - end) / bank);
    long[] used = new long[left];
    int next = 0;
    boolean fits = end <= sram.bytes();
    for (int b = 0; b < addresses.length; b++) {
      for (int s = 0; !isLarge(b) && s < addresses[b].length; s++) {
        int at = left == 0 ? 0 : next++ % left;
        fits &= left > 0 && used[at] + slotBytes[b] <= bank;
        if (left > 0) {
          addresses[b][s] = end + at * bank + used[at];
          used[at] += slotBytes[b];
        }
      }
    }
    return fits;
  }

  private boolean isLarge(int buffer) {
    return slotBytes[buffer] >= sram.bankBytes() / SMALL;
  }

  private void pack() {
    long at = 0;
    for (int b = 0; b < addresses.length; b++) {
      for (int s = 0; s < addresses[b].length; s++) {
        addresses[b][s] = at;
        at += slotBytes[b];
      }
    }
  }

  private int bank(long address) {
    return (int) Math.min(sram.banks() - 1, address / sram.bankBytes());
  }

  int firstBank(int buffer, long slot) {
    return bank(addresses[buffer][(int) slot]);
  }

  int lastBank(int buffer, long slot) {
    return bank(addresses[buffer][(int) slot] + Math.max(1, slotBytes[buffer]) - 1);
  }
}
