package maia.kernel.interp;

import java.util.Arrays;
import maia.base.Origin;
import maia.numerics.Codec;
import org.jspecify.annotations.Nullable;

/// Reads a tile from an array.
final class LoadNode implements Node {
  private final Access access;
  private final Slot out;
  private final float other;
  private final @Nullable Shadow shadow;
  private final Origin origin;

  LoadNode(Access access, Slot out, float other, @Nullable Shadow shadow, Origin origin) {
    this.access = access;
    this.out = out;
    this.other = out.isFloat() ? Codec.of(out.dtype).round(other) : other;
    this.shadow = shadow;
    this.origin = origin;
  }

  @Override
  public void run() {
    if (access.resolve() < access.count()) {
      if (out.isFloat()) {
        Arrays.fill(out.floats, other);
      } else {
        Arrays.fill(out.longs, LongOps.round(out.dtype, other));
      }
    }
    access.visit(this::read);
  }

  private void read(long first, long step, int count, int at) {
    if (shadow != null) {
      shadow.read(first, step, count, origin);
    }
    if (out.isFloat()) {
      access.array().read(first, step, count, out.floats, at);
    } else {
      access.array().read(first, step, count, out.longs, at);
    }
  }
}
