package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Carries out a [Schedule]: when completions take effect, when tiles start, and which program
/// comes when. What it puts off stays legal, because a queue completes in its own order and nobody
/// passes a semaphore.
final class Ordering {
  /// Of so many completions of a random order, one waits until nothing else can move.
  private static final int HELD_ONE_IN = 8;

  /// The longest a random order puts a completion off, by which queues become slow or fast.
  private static final long[] DELAYS = {1, 1_000, 1_000_000, 30_000_000};

  private record Held(QueueState queue, Entry entry) {}

  private final Schedule schedule;
  private final @Nullable SplittableRandom random;
  private final List<Held> held = new ArrayList<>();
  private final int[] programs;

  Ordering(Simulation sim, Schedule schedule, boolean areProgramsFree) {
    this.schedule = schedule;
    this.random =
        schedule instanceof Schedule.Seeded(long seed) ? new SplittableRandom(seed) : null;
    long count = sim.launch.programs();
    boolean permutes = random != null && areProgramsFree && count <= Integer.MAX_VALUE;
    this.programs = permutes ? permutation((int) count) : new int[0];
  }

  private int[] permutation(int count) {
    var source = java.util.Objects.requireNonNull(random);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int other = source.nextInt(i + 1);
      order[i] = order[other];
      order[other] = i;
    }
    return order;
  }

  /// The program that runs in the place of `number`.
  long program(long number) {
    return number >= 0 && number < programs.length ? programs[(int) number] : number;
  }

  /// When a control processor that could start at `earliest` does.
  long start(long earliest) {
    return random == null ? earliest : earliest + delay(random);
  }

  private static long delay(SplittableRandom source) {
    return source.nextLong(DELAYS[source.nextInt(DELAYS.length)]);
  }

  /// `entry` could be done at `done`: lets it be done then, later, or last.
  void finish(QueueState queue, Entry entry, long done) {
    switch (schedule) {
      case Schedule.Eager _ -> queue.doneAt(entry, done);
      case Schedule.Latest _ -> {
        if (queue.unit instanceof DmaChannel) {
          held.add(new Held(queue, entry));
        } else {
          queue.doneAt(entry, done);
        }
      }
      case Schedule.Seeded _ -> {
        var source = java.util.Objects.requireNonNull(random);
        if (source.nextInt(HELD_ONE_IN) == 0) {
          held.add(new Held(queue, entry));
        } else {
          queue.doneAt(entry, done + delay(source));
        }
      }
    }
  }

  /// Nothing can move at `now`: lets one held completion happen; false when there is none.
  boolean release(long now) {
    if (held.isEmpty()) {
      return false;
    }
    Held next = held.remove(random == null ? 0 : random.nextInt(held.size()));
    next.queue().doneAt(next.entry(), now);
    return true;
  }
}
