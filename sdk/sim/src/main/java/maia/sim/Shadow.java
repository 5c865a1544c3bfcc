package maia.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.base.Origin;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;

/// What the checks remember of an array that a program writes: per element, who wrote it and who
/// read it last. Inputs that are only read have none.
final class Shadow {
  private record Access(QueueState queue, Entry entry) {
    boolean isBefore(QueueState other, Entry later) {
      if (queue == other) {
        return true;
      }
      return queue.site.domain == other.site.domain
          && queue.id < later.clock.length
          && later.clock[queue.id] >= entry.epoch;
    }
  }

  private final BoundArray array;
  private final boolean isChecked;
  private final int[] writer;
  private final int[] reader;
  private final List<Access> accesses = new ArrayList<>();

  /// @param isChecked whether mistakes are refused; else accesses are only remembered
  Shadow(BoundArray array, boolean isChecked) {
    this.array = array;
    this.isChecked = isChecked;
    int size = Math.toIntExact(array.elements());
    writer = new int[size];
    reader = array.param.access() == Program.Access.IN_OUT ? new int[size] : new int[0];
  }

  String name() {
    return array.name();
  }

  /// A number for the accesses of one copy.
  int begin(QueueState queue, Entry entry) {
    accesses.add(new Access(queue, entry));
    return accesses.size(); // 0 stands for nobody
  }

  void read(int access, int first, int count, int stride) {
    int lastSeen = -1;
    for (int i = 0, at = first; i < count; i++, at += stride) {
      int w = writer[at];
      if (w != lastSeen) {
        if (w == 0) {
          unwritten(access, at);
        } else {
          check(access, w, at, "read", "write");
        }
        lastSeen = w;
      }
      if (reader.length > 0) {
        reader[at] = access;
      }
    }
  }

  void write(int access, int first, int count, int stride) {
    int lastWriter = 0;
    int lastReader = 0;
    for (int i = 0, at = first; i < count; i++, at += stride) {
      int w = writer[at];
      if (w != lastWriter) {
        if (w != 0) {
          check(access, w, at, "write", "write");
        }
        lastWriter = w;
      }
      if (reader.length > 0 && reader[at] != lastReader) {
        if (reader[at] != 0) {
          check(access, reader[at], at, "write", "read");
        }
        lastReader = reader[at];
      }
      writer[at] = access;
    }
  }

  /// A read-modify-write that nothing interrupts: others of its kind may happen in any order.
  void atomic(int access, int at) {
    int before = writer[at];
    if (before == 0) {
      unwritten(access, at);
    } else {
      check(access, before, at, "atomic", "write");
    }
    if (reader.length > 0 && reader[at] != 0) {
      check(access, reader[at], at, "atomic", "read");
    }
    writer[at] = access;
  }

  private void unwritten(int access, int at) {
    if (isChecked && array.param.access() == Program.Access.OUT) {
      Access a = accesses.get(access - 1);
      throw new NplException(
          Category.UNINITIALISED_READ,
          "uninitialised read of '%s' by %s on %s: element %s was not written; declare it in_out"
              .formatted(array.name(), a.entry().op.info().label(), a.queue().name(), index(at)),
          a.entry().op.info().origin());
    }
  }

  private void check(int now, int before, int at, String verb, String otherVerb) {
    if (now == before || !isChecked) {
      return;
    }
    Access a = accesses.get(now - 1);
    Access b = accesses.get(before - 1);
    boolean sameProgram = a.entry().program() == b.entry().program();
    boolean isOrdered =
        sameProgram
            ? b.isBefore(a.queue(), a.entry())
            : a.queue().sim.handovers.knows(a.entry().program(), b.queue(), b.entry());
    boolean areAtomic = a.entry().op instanceof Op.Atomic && b.entry().op instanceof Op.Atomic;
    if (isOrdered || areAtomic) {
      return;
    }
    Origin second = b.entry().op.info().origin();
    String who =
        sameProgram
            ? "in program %d".formatted(a.entry().program())
            : "by programs %d and %d".formatted(a.entry().program(), b.entry().program());
    throw new NplException(
        Category.RACE,
        "race on '%s' element %s %s: %s by %s on %s, %s by %s on %s (%s); %s"
            .formatted(
                array.name(),
                index(at),
                who,
                verb,
                a.entry().op.info().label(),
                a.queue().name(),
                otherVerb,
                b.entry().op.info().label(),
                b.queue().name(),
                second,
                sameProgram ? "order them with a semaphore" : "give every element to one program"),
        a.entry().op.info().origin(),
        NplException.place(Category.RACE, "the other access is here", second));
  }

  private String index(int at) {
    long[] index = new long[array.shape.length];
    long rest = at;
    for (int d = index.length - 1; d >= 0; d--) {
      index[d] = rest % array.shape[d];
      rest /= array.shape[d];
    }
    return Arrays.toString(index);
  }

  /// The line that wrote element `at` last.
  Origin writerOf(int at) {
    int access = writer[at];
    return access == 0 ? Origin.NONE : accesses.get(access - 1).entry().op.info().origin();
  }

  /// Refuses an output with elements nobody wrote.
  void verifyCoverage(Origin origin) {
    if (array.param.access() != Program.Access.OUT) {
      return;
    }
    int first = -1;
    long missing = 0;
    for (int at = 0; at < writer.length; at++) {
      if (writer[at] == 0) {
        first = first < 0 ? at : first;
        missing++;
      }
    }
    if (missing > 0) {
      throw new NplException(
          Category.COVERAGE,
          "output '%s' %s was not written completely: %d of %d elements are missing, the first is"
                  .formatted(array.name(), Arrays.toString(array.shape), missing, writer.length)
              + " %s; store every element or declare it in_out".formatted(index(first)),
          origin);
    }
  }
}
