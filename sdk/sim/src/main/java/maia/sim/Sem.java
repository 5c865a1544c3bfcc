package maia.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.base.Origin;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;

/// A counting semaphore of a tile or a cluster. Counts are taken in the order in which queues began
/// to wait, and tokens in the order in which they came.
final class Sem {
  /// Counts that one signal gave, with what is ordered before them.
  private static final class Token {
    final long[] clock;
    int count;

    Token(long[] clock, int count) {
      this.clock = clock;
      this.count = count;
    }
  }

  final Program.Semaphore family;
  final int number;
  final int index;

  /// Slots that were written under counts of this semaphore, with the counts still out.
  final Map<Slot, Integer> lent = new LinkedHashMap<>();

  private final ArrayDeque<QueueState> waiters = new ArrayDeque<>();
  private final ArrayDeque<Token> tokens = new ArrayDeque<>();
  private final boolean isWatched;
  private int value;

  /// @param isWatched whether it is known what is ordered before a count
  Sem(Program.Semaphore family, int number, int index, boolean isWatched) {
    this.isWatched = isWatched;
    this.family = family;
    this.number = number;
    this.index = index;
    this.value = family.initial();
    if (value > 0 && isWatched) {
      tokens.add(new Token(new long[0], value));
    }
  }

  String name() {
    return family.count() == 1 ? family.name() : family.name() + "[" + index + "]";
  }

  int value() {
    return value;
  }

  /// The queues that wait, in order.
  List<QueueState> waiters() {
    return List.copyOf(waiters);
  }

  /// Takes `count` for `queue` now, or lets it wait.
  boolean take(QueueState queue, int count) {
    if (waiters.isEmpty() && value >= count) {
      grant(queue, count);
      return true;
    }
    waiters.add(queue);
    return false;
  }

  private void grant(QueueState queue, int count) {
    value -= count;
    int left = isWatched ? count : 0;
    while (left > 0) {
      Token token = tokens.element();
      int part = Math.min(left, token.count);
      queue.learn(token.clock);
      token.count -= part;
      left -= part;
      if (token.count == 0) {
        tokens.remove();
      }
    }
  }

  /// Whether `count` more would exceed the maximum.
  boolean overflows(int count) {
    return value + (long) count > family.maximum();
  }

  /// The mistake of a signal that exceeds the maximum. Where the counts of this semaphore agree
  /// over the whole run and those of another do not, that one is to blame: somebody who should have
  /// waited there ran ahead.
  NplException overflow(int count, Entry signal, List<Balance.Difference> unbalanced) {
    String what =
        "semaphore %s rises above its maximum: %d + %d > %d"
            .formatted(name(), value, count, family.maximum());
    Origin at = signal.op.info().origin();
    return Balance.behindOverflow(unbalanced, this)
        .map(d ->
            new NplException(
                Category.SEMAPHORE,
                "%s, because %s; match them".formatted(what, d),
                d.line(),
                NplException.place(Category.SEMAPHORE, "the signal is here", at)))
        .orElseGet(() ->
            new NplException(Category.SEMAPHORE, what + "; wait for it or raise the maximum", at));
  }

  /// A signal arrives.
  void give(int count, long[] clock, long now) {
    value += count;
    if (isWatched) {
      add(clock, count);
    }
    while (!waiters.isEmpty() && value >= waiters.element().wanted()) {
      QueueState queue = waiters.remove();
      grant(queue, queue.wanted());
      queue.granted(now);
    }
  }

  private void add(long[] clock, int count) {
    Token last = tokens.peekLast();
    if (clock.length == 0 && last != null && last.clock.length == 0) {
      last.count += count;
    } else {
      tokens.add(new Token(clock, count));
    }
  }

  /// All semaphores whose value is not the initial one, as `name=value`.
  static List<String> unbalanced(List<Sem> all) {
    var names = new ArrayList<String>();
    for (Sem s : all) {
      if (s.value != s.family.initial()) {
        names.add(s.name() + "=" + s.value);
      }
    }
    return names;
  }
}
