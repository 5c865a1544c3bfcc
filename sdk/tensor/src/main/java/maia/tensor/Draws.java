package maia.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Numbers drawn from what counts its calls, such as the seeds of dropout. A function under
/// [Tensor#checkpoint] runs twice; the second time it gets the numbers of the first, and nothing
/// counts on.
public final class Draws {
  private static final ScopedValue<Tape> TAPE = ScopedValue.newInstance();

  private Draws() {}

  /// The next number of `source`, or in the second run of a checkpoint the one of the first run.
  public static long of(LongSupplier source) {
    return TAPE.isBound() ? TAPE.get().draw(source) : source.getAsLong();
  }

  /// The numbers drawn in one run.
  static final class Tape {
    private final Optional<Tape> outer;
    private final List<Long> drawn;
    private final boolean repeats;
    private int next;

    private Tape(Optional<Tape> outer, List<Long> drawn, boolean repeats) {
      this.outer = outer;
      this.drawn = drawn;
      this.repeats = repeats;
    }

    /// A tape to record on, itself drawing from the one outside.
    static Tape recording() {
      Optional<Tape> outer = TAPE.isBound() ? Optional.of(TAPE.get()) : Optional.empty();
      return new Tape(outer, new ArrayList<>(), false);
    }

    <T> T record(Supplier<T> body) {
      return ScopedValue.where(TAPE, this).call(body::get);
    }

    <T> T repeat(Supplier<T> body) {
      return ScopedValue.where(TAPE, new Tape(Optional.empty(), drawn, true)).call(body::get);
    }

    private long draw(LongSupplier source) {
      if (!repeats) {
        drawn.add(outer.map(tape -> tape.draw(source)).orElseGet(source::getAsLong));
        return drawn.getLast();
      }
      if (next >= drawn.size()) {
        throw TensorException.of(
            "checkpoint: the function drew %d random numbers the first time and more the second; it"
                + " must compute the same both times",
            drawn.size());
      }
      return drawn.get(next++);
    }
  }
}
