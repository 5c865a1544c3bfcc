package maia.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The banks of an on-chip memory. An instruction spreads the bytes of an operand evenly over its
/// time and over the banks its slot lies in; where what it asks of a bank, together with what
/// instructions of other queues ask of it at the same time, is above the bank's bandwidth, the
/// instruction that begins later takes the time the excess needs.
final class Banks {
  /// What an instruction reads or writes of one slot.
  record Use(Op.RegionRef region, double bytes) {}

  private record Access(QueueState queue, Op op, int first, int last, double rate, long end) {
    boolean covers(int bank) {
      return first <= bank && bank <= last;
    }
  }

  private final Layout layout;
  private final double bytesPerPicosecond;
  private final List<Access> active = new ArrayList<>();

  Banks(Layout layout, double bytesPerSecond) {
    this.layout = layout;
    this.bytesPerPicosecond = bytesPerSecond * 1e-12;
  }

  /// Notes the accesses of an instruction that begins at `now` and would last `duration`; returns
  /// how much longer it takes.
  long begin(QueueState queue, Entry entry, List<Use> uses, long now, long duration) {
    if (duration <= 0) {
      return 0;
    }
    forget(now);
    int before = active.size();
    for (Use use : uses) {
      if (use.bytes() > 0) {
        long slot = entry.values[use.region().at()];
        int first = layout.firstBank(use.region().buffer(), slot);
        int last = layout.lastBank(use.region().buffer(), slot);
        double rate = use.bytes() / duration / (last - first + 1);
        active.add(new Access(queue, entry.op, first, last, rate, now + duration));
      }
    }
    return isUndisturbed(queue, before) ? 0 : delay(queue, entry, before, now, duration);
  }

  private void forget(long now) {
    int kept = 0;
    for (int i = 0; i < active.size(); i++) {
      Access access = active.get(i);
      if (access.end() > now) {
        active.set(kept++, access);
      }
    }
    while (active.size() > kept) {
      active.removeLast();
    }
  }

  /// Whether each access from `before` on has its banks for itself and does not ask too much.
  private boolean isUndisturbed(QueueState queue, int before) {
    for (int i = before; i < active.size(); i++) {
      Access mine = active.get(i);
      if (mine.rate() > bytesPerPicosecond) {
        return false;
      }
      for (int j = 0; j < active.size(); j++) {
        Access other = active.get(j);
        boolean counts = j != i && (j >= before || other.queue() != queue);
        if (counts && mine.first() <= other.last() && other.first() <= mine.last()) {
          return false;
        }
      }
    }
    return true;
  }

  private long delay(QueueState queue, Entry entry, int before, long now, long duration) {
    List<Access> own = active.subList(before, active.size());
    long delay = 0;
    Op culprit = entry.op;
    for (Access mine : own) {
      for (int bank = mine.first(); bank <= mine.last(); bank++) {
        Access other = heaviest(queue, bank);
        long lost = lost(own, queue, bank, other, now, duration);
        if (lost > delay) {
          delay = lost;
          culprit = other == null ? entry.op : other.op();
        }
      }
    }
    queue.stalls.conflict(entry.op, culprit, delay);
    return delay;
  }

  private @Nullable Access heaviest(QueueState queue, int bank) {
    Access found = null;
    for (Access a : active) {
      if (a.queue() != queue && a.covers(bank) && (found == null || a.rate() > found.rate())) {
        found = a;
      }
    }
    return found;
  }

  /// The time that what is asked of a bank beyond its bandwidth takes.
  private long lost(
      List<Access> own,
      QueueState queue,
      int bank,
      @Nullable Access other,
      long now,
      long duration) {
    double mine = 0;
    for (Access a : own) {
      mine += a.covers(bank) ? a.rate() : 0;
    }
    double excess = Math.max(0, mine - bytesPerPicosecond) * duration;
    if (other != null) {
      double theirs = 0;
      long until = now;
      for (Access a : active) {
        if (a.queue() != queue && a.covers(bank)) {
          theirs += a.rate();
          until = Math.max(until, a.end());
        }
      }
      double room = bytesPerPicosecond - Math.min(mine, bytesPerPicosecond);
      excess += Math.max(0, theirs - room) * Math.min(duration, until - now);
    }
    return Math.round(excess / bytesPerPicosecond);
  }
}
