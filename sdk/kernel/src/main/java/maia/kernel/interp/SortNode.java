package maia.kernel.interp;

import java.util.Arrays;

/// Sorts the lines of a plain slot: NaN after everything else, -0 before 0.
final class SortNode implements Node {
  private final Slot x;
  private final Lines lines;
  private final boolean descending;
  private final Slot out;

  SortNode(Slot x, int axis, boolean descending, Slot out) {
    this.x = x;
    this.lines = Lines.of(x.shape, axis);
    this.descending = descending;
    this.out = out;
  }

  @Override
  public void run() {
    int n = lines.length();
    float[] floats = new float[x.isFloat() ? n : 0];
    long[] longs = new long[x.isFloat() ? 0 : n];
    for (int line = 0; line < lines.count(); line++) {
      for (int i = 0; i < n; i++) {
        if (x.isFloat()) {
          floats[i] = x.floats[lines.at(line, i)];
        } else {
          longs[i] = x.longs[lines.at(line, i)];
        }
      }
      Arrays.sort(floats);
      Arrays.sort(longs);
      for (int i = 0; i < n; i++) {
        int to = lines.at(line, descending ? n - 1 - i : i);
        if (x.isFloat()) {
          out.floats[to] = floats[i];
        } else {
          out.longs[to] = longs[i];
        }
      }
    }
  }
}
