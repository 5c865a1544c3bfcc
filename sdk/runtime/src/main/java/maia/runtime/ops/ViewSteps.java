package maia.runtime.ops;

import java.util.List;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Views: the same memory, no kernel.
final class ViewSteps {
  private ViewSteps() {}

  static void enter(Table table) {
    Table.Family family = table.family("views");
    for (Class<? extends View> view :
        List.of(
            View.Reshape.class,
            View.Permute.class,
            View.Slice.class,
            View.Select.class,
            View.Unsqueeze.class,
            View.Expand.class,
            View.Unfold.class,
            View.Diagonal.class)) {
      family.add(view, Types.MEMORY, Rule.bits(), (on, op, inputs, _) -> seen(on, op, inputs));
    }
  }

  private static Tensor seen(Runner on, View view, List<Tensor> inputs) {
    Tensor seen = view.apply(inputs.getFirst());
    return seen.isMeta() ? seen : on.here(seen);
  }
}
