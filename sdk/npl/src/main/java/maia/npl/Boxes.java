package maia.npl;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;

/// Sizes of boxes with run-time limits.
public final class Boxes {
  private Boxes() {}

  /// The size along a dimension of `extent` with the given limit: `min(extent, max(0, limit))`.
  public static int effective(int extent, long limit) {
    return (int) Math.min(extent, Math.max(0, limit));
  }

  /// The sizes of `r` as stored that an instruction touches; `value` evaluates limits.
  public static List<Integer> effective(Place.Region r, ToLongFunction<Expr> value) {
    if (r.limits().isEmpty()) {
      return r.extent();
    }
    var sizes = new ArrayList<>(r.extent());
    for (int d = 0; d < sizes.size(); d++) {
      if (r.limits().get(d).isPresent()) {
        sizes.set(d, effective(sizes.get(d), value.applyAsLong(r.limits().get(d).get())));
      }
    }
    return sizes;
  }

  /// Sizes as stored, in the order the instruction sees them.
  static List<Integer> seen(Place.Region r, List<Integer> stored) {
    if (!r.transposed()) {
      return stored;
    }
    var seen = new ArrayList<>(stored);
    int last = seen.size() - 1;
    Collections.swap(seen, last - 1, last);
    return seen;
  }

  /// Takes over into `box` the sizes of an operand that fills a dimension of the full box.
  ///
  /// @param box the sizes found so far
  /// @param full the full sizes of the box
  /// @param whole the full sizes of the operand, aligned at the last dimension
  /// @param own its effective sizes
  static void narrow(
      List<Integer> box, List<Integer> full, List<Integer> whole, List<Integer> own) {
    for (int back = 1; back <= whole.size(); back++) {
      int size = whole.get(whole.size() - back);
      if (size == full.get(full.size() - back) && size > 1) {
        box.set(box.size() - back, own.get(own.size() - back));
      }
    }
  }

  /// The boxes a lane expression reads.
  static List<Place.Region> inputs(Lane value) {
    var inputs = new ArrayList<Place.Region>();
    Lanes.visit(
        value,
        node -> {
          if (node instanceof Lane.In(var region)) {
            inputs.add(region);
          }
        });
    return inputs;
  }
}
