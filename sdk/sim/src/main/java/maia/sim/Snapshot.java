package maia.sim;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Origin;
import maia.base.Rich;

/// The chip at a moment of a run.
///
/// @param cycle the moment in cycles of the tile clock
/// @param picoseconds the moment
/// @param places clusters and tiles
public record Snapshot(long cycle, long picoseconds, List<Place> places) implements Rich {
  private static final int SHOWN = 4;

  /// A tile or a cluster.
  ///
  /// @param name such as `tile 0`
  /// @param queues its queues
  /// @param semaphores its semaphores
  /// @param buffers the slots that were used so far
  public record Place(
      String name, List<Queue> queues, List<Semaphore> semaphores, List<Buffer> buffers) {
    public Place {
      queues = List.copyOf(queues);
      semaphores = List.copyOf(semaphores);
      buffers = List.copyOf(buffers);
    }

    /// A block of lines.
    @Override
    public String toString() {
      var out = new StringBuilder(name).append('\n');
      queues.forEach(q -> out.append("  ").append(q).append('\n'));
      semaphores.forEach(s -> out.append("  ").append(s).append('\n'));
      buffers.forEach(b -> out.append("  ").append(b).append('\n'));
      return out.toString();
    }
  }

  /// What a queue does.
  public enum Activity {
    /// Its engine works, or its copies are on their way.
    RUNNING,
    /// Its next instruction waits for a semaphore.
    WAITING,
    /// Nothing is issued to it.
    IDLE,
    /// It has nothing left to do.
    FINISHED,
  }

  /// A queue.
  ///
  /// @param name such as `ttu`
  /// @param activity what it does
  /// @param what the instruction or the semaphore that says so
  /// @param line the line of its current instruction: the program counter
  /// @param issued instructions that are issued and not begun
  /// @param inFlight what has begun and is not done
  public record Queue(
      String name, Activity activity, String what, Origin line, int issued, List<Flight> inFlight) {
    public Queue {
      inFlight = List.copyOf(inFlight);
    }

    /// One line, and one more for each instruction in flight.
    @Override
    public String toString() {
      var out = new StringBuilder();
      out.append(
          String.format(
              Locale.ROOT, "%-6s %-8s %s", name, activity.name().toLowerCase(Locale.ROOT), what));
      if (line.isKnown()) {
        out.append(" at ").append(line);
      }
      if (issued > 0) {
        out.append(", ").append(issued).append(" issued");
      }
      inFlight.forEach(f -> out.append("\n         ").append(f));
      return out.toString();
    }
  }

  /// An instruction that has begun and is not done.
  ///
  /// @param what the instruction
  /// @param line the user's line
  /// @param beginCycle when it began
  /// @param endCycle when it will be done, -1 when that is not known yet
  /// @param bytes what a copy moves, 0 for arithmetic
  public record Flight(String what, Origin line, long beginCycle, long endCycle, long bytes) {
    @Override
    public String toString() {
      String size = bytes > 0 ? ", " + bytes + " B" : "";
      String end = endCycle < 0 ? "?" : Long.toString(endCycle);
      return "in flight: %s, cycles %d..%s%s".formatted(what, beginCycle, end, size);
    }
  }

  /// A semaphore.
  ///
  /// @param name with its member, such as `full[1]`
  /// @param value its value
  /// @param waiters the queues that wait for it, in order
  public record Semaphore(String name, int value, List<String> waiters) {
    public Semaphore {
      waiters = List.copyOf(waiters);
    }

    @Override
    public String toString() {
      String who = waiters.isEmpty() ? "" : ", awaited by " + String.join(", ", waiters);
      return "semaphore %s = %d%s".formatted(name, value, who);
    }
  }

  /// A slot of a buffer.
  ///
  /// @param name the buffer
  /// @param slot which slot
  /// @param type its element type
  /// @param shape its sizes
  /// @param initialised elements that hold a value; -1 when checks are off
  /// @param elements all elements
  /// @param corner the first values of the first rows, as text
  public record Buffer(
      String name,
      int slot,
      String type,
      List<Integer> shape,
      int initialised,
      int elements,
      List<List<String>> corner) {
    public Buffer {
      shape = List.copyOf(shape);
      corner = corner.stream().map(List::copyOf).toList();
    }

    @Override
    public String toString() {
      var out = new StringBuilder();
      out.append("%s[%d]: %s%s".formatted(name, slot, type, shape));
      if (initialised >= 0) {
        out.append(", %d of %d elements hold a value".formatted(initialised, elements));
      }
      corner.forEach(row -> out.append("\n    ").append(String.join(" ", row)));
      return out.toString();
    }
  }

  public Snapshot {
    places = List.copyOf(places);
  }

  /// The place of that name, such as `tile 3` or `cluster 0`.
  public Place place(String name) {
    return places.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no place is named '%s'; there are %s to %s"
                    .formatted(name, places.getFirst().name(), places.getLast().name())));
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", toString());
  }

  /// The first places that still have work, or the first ones.
  @Override
  public String toString() {
    var out = new StringBuilder("cycle %d (%.3f us)%n".formatted(cycle, picoseconds * 1e-6));
    List<Place> busy =
        places.stream()
            .filter(p -> p.queues().stream().anyMatch(q -> q.activity() != Activity.FINISHED))
            .toList();
    List<Place> shown = busy.isEmpty() ? places : busy;
    shown.stream().limit(SHOWN).forEach(out::append);
    if (shown.size() > SHOWN) {
      out.append("and ").append(shown.size() - SHOWN).append(" more places\n");
    }
    return out.toString().replace("\r\n", "\n");
  }
}
