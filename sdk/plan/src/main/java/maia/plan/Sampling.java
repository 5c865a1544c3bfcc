package maia.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import maia.kernel.library.Stretch;
import maia.kernel.library.Stretch.Cut;

/// The estimate of an operator from runs of smaller sizes of it: linear in each size that is cut,
/// so that two sizes along each tell the rest.
final class Sampling {
  private final List<Stretch> stretches;
  private final Function<List<Cut>, OperatorEstimate> timed;

  private Sampling(List<Stretch> stretches, Function<List<Cut>, OperatorEstimate> timed) {
    this.stretches = stretches;
    this.timed = timed;
  }

  /// What the whole sizes of `stretches` take.
  ///
  /// @param timed simulates one size of each stretch
  static OperatorEstimate of(List<Stretch> stretches, Function<List<Cut>, OperatorEstimate> timed) {
    return new Sampling(stretches, timed).with(List.of());
  }

  /// The estimate where the first sizes are chosen.
  private OperatorEstimate with(List<Cut> chosen) {
    if (chosen.size() == stretches.size()) {
      return timed.apply(chosen);
    }
    Stretch next = stretches.get(chosen.size());
    OperatorEstimate few = with(chosen, next.few());
    return next.isCut() ? few.extended(with(chosen, next.more()), next.steps()) : few;
  }

  private OperatorEstimate with(List<Cut> chosen, Cut last) {
    List<Cut> more = new ArrayList<>(chosen);
    more.add(last);
    return with(more);
  }
}
