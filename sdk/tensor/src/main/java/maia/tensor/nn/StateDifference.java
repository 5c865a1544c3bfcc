package maia.tensor.nn;

import java.util.List;

/// How the names of a state differ from those of a module.
///
/// @param missing names of the module that the state has not
/// @param unexpected names of the state that the module has not, in alphabetical order
public record StateDifference(List<String> missing, List<String> unexpected) {
  public StateDifference {
    missing = List.copyOf(missing);
    unexpected = List.copyOf(unexpected);
  }

  /// Whether there is no difference.
  public boolean isEmpty() {
    return missing.isEmpty() && unexpected.isEmpty();
  }
}
