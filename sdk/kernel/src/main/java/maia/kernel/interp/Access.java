package maia.kernel.interp;

import java.util.Arrays;
import java.util.List;
import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;

/// The elements of an array that a tile touches: where each lies, whether its mask holds, and the
/// runs that lie evenly in memory. Every touched element is checked to be inside the array.
///
/// Where each index and each mask runs along one dimension of the tile at most, positions are kept
/// per dimension; otherwise per element.
final class Access {
  /// Receives `count` elements: storage indices `first`, `first + step`, ... and tile positions
  /// `at`, `at + 1`, ...
  interface Run {
    void of(long first, long step, int count, int at);
  }

  private final String verb;
  private final Bound array;
  private final Slot[] indices;
  private final Slot[] masks;
  private final int[] shape;
  private final Instance program;
  private final Origin origin;
  private final boolean checked;
  private final boolean separable;
  private final int count;

  private final long[][] along;
  private final boolean[][] on;
  private final int[] active;
  private long base;
  private final long[] memory;
  private final boolean[] held;
  private int touched;

  /// @param indices one per dimension of the array, stretched to the tile; plain unless separable
  /// @param masks whose conjunction is the mask, stretched to the tile; plain unless separable
  Access(
      String verb,
      Bound array,
      List<Slot> indices,
      List<Slot> masks,
      int[] shape,
      boolean separable,
      boolean checked,
      Instance program,
      Origin origin) {
    this.verb = verb;
    this.array = array;
    this.indices = indices.toArray(Slot[]::new);
    this.masks = masks.toArray(Slot[]::new);
    this.shape = shape;
    this.separable = separable;
    this.checked = checked;
    this.program = program;
    this.origin = origin;
    count = Slot.count(shape);
    along = new long[shape.length][];
    on = new boolean[shape.length][];
    active = new int[shape.length];
    for (int d = 0; d < shape.length; d++) {
      along[d] = new long[shape[d]];
      on[d] = new boolean[shape[d]];
    }
    memory = new long[separable ? 0 : count];
    held = new boolean[separable ? 0 : count];
  }

  static boolean isSeparable(List<Slot> slots) {
    return slots.stream().allMatch(slot -> slot.runsAlong() != -2);
  }

  Bound array() {
    return array;
  }

  /// How many elements the tile has.
  int count() {
    return count;
  }

  /// Finds out what is touched now, checked; returns how many elements.
  int resolve() {
    touched = separable ? resolveDimensions() : resolveElements();
    return touched;
  }

  /// Visits the touched elements in row-major order of the tile.
  void visit(Run run) {
    if (touched == 0) {
      return;
    }
    if (separable) {
      visitDimensions(run);
    } else {
      visitElements(run);
    }
  }

  // ---- per dimension

  private int resolveDimensions() {
    base = array.offset;
    for (int d = 0; d < shape.length; d++) {
      Arrays.fill(along[d], 0);
      Arrays.fill(on[d], true);
    }
    for (Slot mask : masks) {
      if (!apply(mask)) {
        return 0;
      }
    }
    int total = 1;
    for (int d = 0; d < shape.length; d++) {
      active[d] = 0;
      for (boolean holds : on[d]) {
        active[d] += holds ? 1 : 0;
      }
      total *= active[d];
    }
    for (int k = 0; k < indices.length && total > 0; k++) {
      place(k);
    }
    return total;
  }

  /// Whether the mask leaves anything; notes what it takes away.
  private boolean apply(Slot mask) {
    int d = mask.runsAlong();
    if (d < 0) {
      return mask.scalar() != 0;
    }
    boolean[] holds = on[d];
    for (int i = 0, at = mask.offset; i < holds.length; i++, at += mask.strides[d]) {
      holds[i] &= mask.longs[at] != 0;
    }
    return true;
  }

  private void place(int k) {
    Slot index = indices[k];
    int d = index.runsAlong();
    long size = array.shape[k];
    long stride = array.strides[k];
    if (d < 0) {
      long value = index.scalar();
      if (checked && (value < 0 || value >= size)) {
        throw outside(firstHeld(-1, 0));
      }
      base += value * stride;
      return;
    }
    boolean[] holds = on[d];
    long[] to = along[d];
    for (int i = 0, at = index.offset; i < to.length; i++, at += index.strides[d]) {
      long value = index.longs[at];
      if (checked && holds[i] && (value < 0 || value >= size)) {
        throw outside(firstHeld(d, i));
      }
      to[i] += value * stride;
    }
  }

  /// The first touched position of the tile whose place in dimension `dim` is `fixed`.
  private int[] firstHeld(int dim, int fixed) {
    int[] position = new int[shape.length];
    for (int d = 0; d < shape.length; d++) {
      int i = 0;
      while (d != dim && !on[d][i]) {
        i++;
      }
      position[d] = d == dim ? fixed : i;
    }
    return position;
  }

  private void visitDimensions(Run run) {
    int last = shape.length - 1;
    if (last < 0) {
      run.of(base, 1, 1, 0);
      return;
    }
    walk(run, 0, base, 0);
  }

  private void walk(Run run, int d, long at, int tile) {
    if (d == shape.length - 1) {
      row(run, at, tile * shape[d]);
      return;
    }
    for (int i = 0; i < shape[d]; i++) {
      if (on[d][i]) {
        walk(run, d + 1, at + along[d][i], tile * shape[d] + i);
      }
    }
  }

  private void row(Run run, long at, int tile) {
    long[] to = along[shape.length - 1];
    boolean[] holds = on[shape.length - 1];
    for (int i = 0; i < to.length; ) {
      if (!holds[i]) {
        i++;
        continue;
      }
      int end = i + 1;
      long step = end < to.length ? to[end] - to[i] : 1;
      while (end < to.length && holds[end] && to[end] - to[end - 1] == step) {
        end++;
      }
      run.of(at + to[i], step, end - i, tile + i);
      i = end;
    }
  }

  // ---- per element

  private int resolveElements() {
    Arrays.fill(held, true);
    Arrays.fill(memory, array.offset);
    for (Slot mask : masks) {
      for (int i = 0; i < count; i++) {
        held[i] &= mask.longs[i] != 0;
      }
    }
    for (int k = 0; k < indices.length; k++) {
      long[] index = indices[k].longs;
      long size = array.shape[k];
      long stride = array.strides[k];
      for (int i = 0; i < count; i++) {
        long value = index[i];
        if (checked && held[i] && (value < 0 || value >= size)) {
          throw outside(position(i));
        }
        memory[i] += value * stride;
      }
    }
    int total = 0;
    for (boolean holds : held) {
      total += holds ? 1 : 0;
    }
    return total;
  }

  private int[] position(int element) {
    int[] position = new int[shape.length];
    int rest = element;
    for (int d = shape.length - 1; d >= 0; d--) {
      position[d] = rest % shape[d];
      rest /= shape[d];
    }
    return position;
  }

  private void visitElements(Run run) {
    int length = shape.length == 0 ? 1 : shape[shape.length - 1];
    for (int row = 0; row < count; row += length) {
      int stop = row + length;
      for (int i = row; i < stop; ) {
        if (!held[i]) {
          i++;
          continue;
        }
        int end = i + 1;
        long step = end < stop ? memory[end] - memory[i] : 1;
        while (end < stop && held[end] && memory[end] - memory[end - 1] == step) {
          end++;
        }
        run.of(memory[i], step, end - i, i);
        i = end;
      }
    }
  }

  // ---- mistakes

  private KernelException outside(int[] position) {
    long[] element = new long[indices.length];
    for (int k = 0; k < indices.length; k++) {
      int at = indices[k].offset;
      for (int d = 0; d < shape.length; d++) {
        at += position[d] * indices[k].strides[d];
      }
      element[k] = indices[k].longs[at];
    }
    return program.fault(
        Mistake.OUT_OF_BOUNDS,
        origin,
        "out-of-bounds %s '%s' %s at line %d: program %s, lane %s touches element %s, mask %s; mask"
            + " it with index.lt(%s.size(d))",
        verb,
        array.name,
        array.sizes(),
        origin.line(),
        program.name(),
        Texts.tuple(Arrays.stream(position).mapToLong(i -> i).toArray()),
        Texts.tuple(element),
        masks.length == 0 ? "absent" : "true",
        array.name);
  }
}
