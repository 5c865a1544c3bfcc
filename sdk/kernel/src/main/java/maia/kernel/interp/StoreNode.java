package maia.kernel.interp;

import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// Writes a tile to an array.
final class StoreNode implements Node {
  private final Access access;
  private final Slot value;
  private final @Nullable Shadow shadow;
  private final Origin origin;

  StoreNode(Access access, Slot value, @Nullable Shadow shadow, Origin origin) {
    this.access = access;
    this.value = value;
    this.shadow = shadow;
    this.origin = origin;
  }

  @Override
  public void run() {
    access.resolve();
    access.visit(this::write);
  }

  private void write(long first, long step, int count, int at) {
    if (shadow != null) {
      shadow.write(first, step, count, origin);
    }
    if (value.isFloat()) {
      access.array().write(value.floats, at, count, first, step);
    } else {
      access.array().write(value.longs, at, count, first, step);
    }
  }
}
