package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Copies a state into the tensors of a module, or names everything that differs.
final class StateDict {
  /// Names listed in a message; the others are counted.
  private static final int SHOWN = 20;

  private StateDict() {}

  /// Which names a state must have.
  enum Names {
    /// Those of the module, no more and no fewer.
    ALL,
    /// Any; those of the module are used.
    MATCHING,
  }

  /// Copies the values of `state` into `own` where nothing is wrong.
  static StateDifference load(
      SequencedMap<String, Tensor> own, Map<String, Tensor> state, Names names) {
    StateDifference difference = check(own, state, names);
    Tensor.noGrad(() ->
        own.forEach((name, to) -> {
          if (state.containsKey(name)) {
            to.assign(at(state, name).to(to.device()));
          }
        }));
    return difference;
  }

  /// How the names differ; refused where they must not, or where shapes do.
  static StateDifference check(
      SequencedMap<String, Tensor> own, Map<String, Tensor> state, Names names) {
    var difference =
        new StateDifference(
            own.keySet().stream().filter(n -> !state.containsKey(n)).toList(),
            state.keySet().stream().filter(n -> !own.containsKey(n)).sorted().toList());
    List<String> problems = new ArrayList<>();
    if (names == Names.ALL) {
      list(problems, "missing", difference.missing());
      list(problems, "unexpected", difference.unexpected());
    }
    list(
        problems,
        "of another shape",
        own.keySet().stream()
            .filter(state::containsKey)
            .flatMap(n -> shapes(n, own, state).stream())
            .toList());
    ShapeException.check(
        problems.isEmpty(),
        "loadStateDict: the state does not fit, nothing was changed: %s",
        String.join("; ", problems));
    return difference;
  }

  /// The tensor of a name that is known to be there.
  static Tensor at(Map<String, Tensor> state, String name) {
    return Check.present(state.get(name), "Module", name);
  }

  private static List<String> shapes(
      String name, Map<String, Tensor> own, Map<String, Tensor> state) {
    long[] here = at(own, name).shape();
    long[] there = at(state, name).shape();
    return Arrays.equals(here, there)
        ? List.of()
        : List.of(
            "%s (%s in the module, %s in the state)"
                .formatted(name, Arrays.toString(here), Arrays.toString(there)));
  }

  private static void list(List<String> problems, String what, List<String> names) {
    if (!names.isEmpty()) {
      String shown = names.stream().limit(SHOWN).collect(Collectors.joining(", "));
      String more = names.size() > SHOWN ? ", and " + (names.size() - SHOWN) + " more" : "";
      problems.add(what + ": " + shown + more);
    }
  }
}
