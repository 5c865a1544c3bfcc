package maia.sim;

import java.util.Arrays;
import java.util.Optional;

/// Something a debugger watches.
sealed interface Watchpoint {
  /// What changed since it was asked last, if anything did; `entry` is done on `queue`.
  Optional<String> change(Simulation sim, QueueState queue, Entry entry);

  /// The contents of a buffer in a tile or cluster.
  final class OnBuffer implements Watchpoint {
    private final String place;
    private final String buffer;
    private final java.util.Map<Slot, Slot> seen = new java.util.IdentityHashMap<>();

    OnBuffer(String place, String buffer) {
      this.place = place;
      this.buffer = buffer;
    }

    @Override
    public Optional<String> change(Simulation sim, QueueState queue, Entry entry) {
      for (Site site : sim.sites()) {
        if (site.name().equals(place)) {
          for (Slot slot : site.touched()) {
            if (slot.buffer.name().equals(buffer)) {
              Optional<String> change = change(slot);
              if (change.isPresent()) {
                return change;
              }
            }
          }
        }
      }
      return Optional.empty();
    }

    private Optional<String> change(Slot slot) {
      Slot before = seen.computeIfAbsent(slot, s -> new Slot(s.buffer, s.number, s.index, false));
      int floats = Arrays.mismatch(before.floats, slot.floats);
      int at = floats >= 0 ? floats : Arrays.mismatch(before.longs, slot.longs);
      if (at < 0) {
        return Optional.empty();
      }
      int[] index = new int[slot.shape.length];
      int rest = at;
      for (int d = 0; d < index.length; d++) {
        index[d] = rest / slot.strides[d];
        rest %= slot.strides[d];
      }
      String text =
          "%s %s from %s to %s"
              .formatted(
                  slot.name(),
                  Arrays.toString(index),
                  Photographer.text(before, at),
                  Photographer.text(slot, at));
      System.arraycopy(slot.floats, 0, before.floats, 0, slot.floats.length);
      System.arraycopy(slot.longs, 0, before.longs, 0, slot.longs.length);
      return Optional.of(text);
    }
  }

  /// Elements of an array in HBM, in row-major order.
  final class OnArray implements Watchpoint {
    private final int array;
    private final int first;
    private final int end;
    private ArrayValues before;

    OnArray(BoundArray bound, int array, int first, int end) {
      this.array = array;
      this.first = first;
      this.end = end;
      this.before = ArrayValues.of(bound);
    }

    @Override
    public Optional<String> change(Simulation sim, QueueState queue, Entry entry) {
      if (!(queue.unit instanceof DmaChannel) || entry.op instanceof Op.Load) {
        return Optional.empty();
      }
      BoundArray bound = sim.binding.arrays[array];
      ArrayValues now = ArrayValues.of(bound);
      ArrayValues old = before;
      before = now;
      for (int at = first; at < Math.min(end, now.size()); at++) {
        if (!now.isSame(old, at)) {
          return Optional.of(
              "'%s' element %d from %s to %s"
                  .formatted(bound.name(), at, old.text(at), now.text(at)));
        }
      }
      return Optional.empty();
    }
  }
}
