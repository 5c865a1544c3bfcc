package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import org.jspecify.annotations.Nullable;

/// What the checks remember of a slot: which elements hold a value, who used which box, and under
/// which semaphore counts it was filled.
///
/// Order is judged by happens-before: a queue's own order, and the way of tokens from signal to
/// wait. When and in which order things happened in this run does not matter.
///
/// A slot is handed back when queues that read it have signalled back all counts that its writer
/// took for filling it, of those semaphores that a reader signals at all. Its contents are gone
/// then, so a copy that is missing in a later lap is a read of uninitialised memory. Only the queue
/// that wrote them may go on reading them, and contents written without waiting for a reader stay.
final class Watch {
  private record Access(QueueState queue, Entry entry, boolean isWrite, int[] start, int[] size) {
    boolean overlaps(View v) {
      for (int d = 0; d < start.length; d++) {
        if (start[d] >= v.start[d] + v.stored[d] || v.start[d] >= start[d] + size[d]) {
          return false;
        }
      }
      return true;
    }

    boolean isInside(View v) {
      for (int d = 0; d < start.length; d++) {
        if (start[d] < v.start[d] || start[d] + size[d] > v.start[d] + v.stored[d]) {
          return false;
        }
      }
      return true;
    }

    boolean isBefore(Entry later) {
      int id = queue.id;
      return id < later.clock.length && later.clock[id] >= entry.epoch;
    }
  }

  private Bits initialised;
  private Bits kept;
  private @Nullable QueueState keeper;
  private final List<Access> accesses = new ArrayList<>();
  private final Set<QueueState> readers = new HashSet<>();
  private final List<Sem> lenders = new ArrayList<>();
  private @Nullable QueueState writer;
  private Transaction last = Transaction.NONE;
  private @Nullable Origin handedBack;

  Watch(int elements) {
    initialised = new Bits(elements);
    kept = new Bits(0);
  }

  /// How many elements hold a value.
  int initialised() {
    return initialised.count();
  }

  void read(View v, QueueState queue, Entry entry) {
    ranges(v, (from, to) -> missing(v, firstMissing(from, to, queue), queue, entry));
    race(v, queue, entry, false);
    readers.add(queue);
    accesses.removeIf(a -> a.queue() == queue && !a.isWrite() && a.isInside(v));
    accesses.add(new Access(queue, entry, false, v.start, v.stored));
  }

  /// The writer may go on reading what it wrote and handed over.
  private int firstMissing(int from, int to, QueueState queue) {
    int missing = initialised.firstMissing(from, to);
    boolean isKept = missing >= 0 && queue == keeper && kept.firstMissing(from, to) < 0;
    return isKept ? -1 : missing;
  }

  private void keepForWriter() {
    Bits before = initialised;
    initialised = kept.size() == before.size() ? kept : new Bits(before.size());
    initialised.clear();
    kept = before;
    keeper = writer;
  }

  private void missing(View v, int at, QueueState queue, Entry entry) {
    if (at < 0) {
      return;
    }
    int[] index = new int[v.slot.shape.length];
    int rest = at;
    for (int d = 0; d < index.length; d++) {
      index[d] = rest / v.slot.strides[d];
      rest %= v.slot.strides[d];
    }
    String why =
        handedBack != null
            ? "its contents were handed back by the signal at " + handedBack
            : "nothing was written there";
    throw new NplException(
        Category.UNINITIALISED_READ,
        "uninitialised read of %s by %s on %s: element %s, %s; wait for the copy that fills it"
            .formatted(
                v.slot.name(), entry.op.info().label(), queue.name(), Arrays.toString(index), why),
        entry.op.info().origin());
  }

  /// @param isUpdate whether the old contents are part of the new ones
  void write(View v, QueueState queue, Entry entry, boolean isUpdate) {
    race(v, queue, entry, true);
    if (writer != queue && (isUpdate || v.isWholeSlot())) {
      forgetLenders(v.slot); // the contents are this queue's now
    }
    if (!isUpdate && (writer != queue || v.isWholeSlot())) {
      readers.clear();
    }
    writer = queue;
    // an update fills nothing: what it waited for was for its other operands
    if (!isUpdate && entry.transaction != last) {
      last = entry.transaction;
      borrow(v, queue);
    }
    accesses.removeIf(a -> a.isInside(v));
    accesses.add(new Access(queue, entry, true, v.start, v.stored));
    Bits now = initialised;
    ranges(v, now::set);
  }

  /// A run of elements of a slot.
  private interface Range {
    void of(int from, int to);
  }

  /// Gives the elements of a box to `range` in as few runs as its layout allows.
  private static void ranges(View v, Range range) {
    if (v.isDense()) {
      range.of(v.offset, v.offset + v.elements());
      return;
    }
    int step = v.rowStride();
    v.rows((storage, row) -> {
      if (step == 1) {
        range.of(storage, storage + v.rowLength());
      } else {
        for (int i = 0, at = storage; i < v.rowLength(); i++, at += step) {
          range.of(at, at + 1);
        }
      }
    });
  }

  private void race(View v, QueueState queue, Entry entry, boolean isWrite) {
    for (Access a : accesses) {
      boolean conflicts = (isWrite || a.isWrite()) && a.queue() != queue && a.overlaps(v);
      if (conflicts && !a.isBefore(entry)) {
        throw isWrite
            ? race(v, entry, queue, a.entry(), a.queue(), a.isWrite() ? "write" : "read")
            : race(v, a.entry(), a.queue(), entry, queue, "read");
      }
    }
  }

  private static NplException race(
      View v, Entry write, QueueState writer, Entry other, QueueState queue, String verb) {
    Origin second = other.op.info().origin();
    String message =
        "race on %s: the write by %s on %s and the %s by %s on %s (%s) are not ordered by any"
            + " semaphore; signal after the first and wait before the second";
    return new NplException(
        Category.RACE,
        message.formatted(
            v.slot.name(),
            write.op.info().label(),
            writer.name(),
            verb,
            other.op.info().label(),
            queue.name(),
            second),
        write.op.info().origin(),
        NplException.place(Category.RACE, "the other access is here", second));
  }

  private void forgetLenders(Slot slot) {
    lenders.forEach(sem -> sem.lent.remove(slot));
    lenders.clear();
  }

  /// Remembers the counts that the writer took. Filling the whole slot anew makes what it took of
  /// the same semaphore before obsolete, but not what it took of others: those may stand for a
  /// longer use.
  private void borrow(View v, QueueState queue) {
    boolean isFresh = v.isWholeSlot();
    last.taken()
        .forEach((sem, count) -> {
          if (queue.handsBack(v.slot, sem)) {
            sem.lent.merge(v.slot, count, (old, latest) -> isFresh ? latest : old + latest);
            if (!lenders.contains(sem)) {
              lenders.add(sem);
            }
          }
        });
  }

  /// `queue` gives `count` of `sem` back.
  static void release(Sem sem, int count, QueueState queue, Entry signal) {
    if (sem.lent.isEmpty()) {
      return;
    }
    for (Slot slot : List.copyOf(sem.lent.keySet())) {
      Watch watch = java.util.Objects.requireNonNull(slot.watch);
      if (watch.writer != queue && watch.readers.contains(queue)) {
        if (sem.lent.merge(slot, -count, Integer::sum) <= 0) {
          sem.lent.remove(slot);
          watch.lenders.removeIf(lender -> lender == sem);
          if (!watch.lenders.isEmpty()) {
            continue;
          }
          watch.readers.clear();
          watch.last = Transaction.NONE;
          watch.keepForWriter();
          watch.handedBack = signal.op.info().origin();
        }
      }
    }
  }
}
