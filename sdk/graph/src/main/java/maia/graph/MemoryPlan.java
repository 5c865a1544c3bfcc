package maia.graph;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.tensor.View;

/// Where the results of a plan's steps lie in one block of memory, so that results which are not
/// needed at the same time share their place. Views take no place of their own and keep that of
/// what they look at; inputs and constants lie elsewhere.
///
/// @param buffers the places, in the order of the steps that write them
/// @param peakBytes the size of the block
/// @param separateBytes what the results would take without sharing
public record MemoryPlan(List<Buffer> buffers, long peakBytes, long separateBytes) {
  /// Places begin at multiples of this many bytes.
  static final int ALIGNMENT = 64;

  /// The place of a result.
  ///
  /// @param value the result
  /// @param offset its first byte in the block
  /// @param bytes its size, a multiple of the alignment
  /// @param first the step that writes it, counted from 0
  /// @param last the last step that reads it; the number of steps for the plan's own result
  public record Buffer(Value value, long offset, long bytes, int first, int last) {
    boolean meets(Buffer other) {
      return first <= other.last && other.first <= last;
    }

    Buffer at(long place) {
      return new Buffer(value, place, bytes, first, last);
    }
  }

  public MemoryPlan {
    buffers = List.copyOf(buffers);
  }

  /// The memory of `plan`: the largest results are placed first, each at the lowest place that is
  /// free while it is needed.
  public static MemoryPlan of(Plan plan) {
    List<Buffer> open = lives(plan);
    List<Buffer> placed = new ArrayList<>();
    open.stream()
        .sorted(
            Comparator.comparingLong((Buffer b) -> -b.bytes())
                .thenComparingInt(Buffer::first)
                .thenComparingInt(b -> b.value().id()))
        .forEach(b -> placed.add(b.at(lowest(b, placed))));
    placed.sort(Comparator.comparingInt(Buffer::first).thenComparingInt(b -> b.value().id()));
    return new MemoryPlan(
        placed,
        placed.stream().mapToLong(b -> b.offset() + b.bytes()).max().orElse(0),
        placed.stream().mapToLong(Buffer::bytes).sum());
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

  /// Every result with the steps from which and to which it is needed, not placed yet.
  private static List<Buffer> lives(Plan plan) {
    Map<Integer, Value> bases = new HashMap<>();
    Map<Integer, Integer> last = new HashMap<>();
    List<Buffer> found = new ArrayList<>();
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      for (Value input : step.inputs()) {
        last.put(bases.getOrDefault(input.id(), input).id(), i);
      }
      for (Value output : step.outputs()) {
        if (step instanceof Step.Single(var node) && node.op() instanceof View) {
          Value of = node.inputs().getFirst();
          bases.put(output.id(), bases.getOrDefault(of.id(), of));
        } else {
          long bytes = Math.ceilDiv(output.bytes(), (long) ALIGNMENT) * ALIGNMENT;
          found.add(new Buffer(output, 0, bytes, i, i));
        }
      }
    }
    Value result = plan.graph().output();
    last.put(bases.getOrDefault(result.id(), result).id(), plan.steps().size());
    return found.stream()
        .map(b ->
            new Buffer(
                b.value(), 0, b.bytes(), b.first(), last.getOrDefault(b.value().id(), b.first())))
        .toList();
  }

  /// The places by step, and the sums.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Buffer b : buffers) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-24s bytes %9d to %9d, steps %d to %d\n",
              b.value().typed(),
              b.offset(),
              b.offset() + b.bytes(),
              b.first(),
              b.last()));
    }
    return text
        + String.format(
            Locale.ROOT, "  peak %d bytes, %d without sharing\n", peakBytes, separateBytes);
  }
}
