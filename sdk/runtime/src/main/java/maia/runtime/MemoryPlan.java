package maia.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Where the results of a compiled function lie in one block of memory: what is not needed at the
/// same time shares its place. Every call takes one such block. Results of steps are in it, and
/// what steps of several kernels need meanwhile; inputs and constants lie elsewhere, and so does
/// the result of the function, which the caller keeps.
///
/// @param buffers the places, in the order in which steps ask for them
/// @param peakBytes the size of the block
/// @param separateBytes what the places would take without sharing
/// @param resultBytes the result of the function, outside the block
public record MemoryPlan(
    List<Buffer> buffers, long peakBytes, long separateBytes, long resultBytes) {
  /// Places begin at multiples of this many bytes.
  static final int ALIGNMENT = 64;

  /// A place.
  ///
  /// @param what the value that lies there, such as `%3: bf16[128, 256]`, or the operation that
  ///   needs it meanwhile
  /// @param offset its first byte in the block
  /// @param bytes its size, a multiple of the alignment
  /// @param first the step that writes it, counted from 0
  /// @param last the last step that reads it
  public record Buffer(String what, long offset, long bytes, int first, int last) {
    boolean meets(Buffer other) {
      return first <= other.last && other.first <= last;
    }

    Buffer at(long place) {
      return new Buffer(what, place, bytes, first, last);
    }
  }

  public MemoryPlan {
    buffers = List.copyOf(buffers);
  }

  /// The plan for `wanted`, whose offsets do not count: the largest are placed first, each at the
  /// lowest place that is free while it is needed.
  static MemoryPlan of(List<Buffer> wanted, long resultBytes) {
    List<Buffer> placed = new ArrayList<>();
    Buffer[] buffers = wanted.toArray(Buffer[]::new);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < buffers.length; i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingLong((Integer i) -> -buffers[i].bytes())
            .thenComparingInt(i -> buffers[i].first()));
    for (int i : order) {
      buffers[i] = buffers[i].at(lowest(buffers[i], placed));
      placed.add(buffers[i]);
    }
    return new MemoryPlan(
        List.of(buffers),
        placed.stream().mapToLong(b -> b.offset() + b.bytes()).max().orElse(0),
        placed.stream().mapToLong(Buffer::bytes).sum(),
        resultBytes);
  }

  private static long lowest(Buffer buffer, List<Buffer> placed) {
    List<Buffer> around =
        placed.stream()
            .filter(buffer::meets)
            .sorted(Comparator.comparingLong(Buffer::offset))
            .toList();
    long at = 0;
    for (Buffer other : around) {
      if (other.offset() - at >= buffer.bytes()) {
        return at;
      }
      at = Math.max(at, other.offset() + other.bytes());
    }
    return at;
  }

  /// The places by step, and the sums.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Buffer b : buffers) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-28s bytes %9d to %9d, steps %d to %d\n",
              b.what(),
              b.offset(),
              b.offset() + b.bytes(),
              b.first(),
              b.last()));
    }
    return text
        + String.format(
            Locale.ROOT,
            "  one block of %d bytes (%d without sharing), and the result's %d\n",
            peakBytes,
            separateBytes,
            resultBytes);
  }
}
