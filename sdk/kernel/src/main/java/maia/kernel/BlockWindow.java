package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import maia.kernel.Tile.Made;
import maia.kernel.Tracer.Use;
import org.jspecify.annotations.Nullable;

/// The indices and the mask of a window into an array: leading dimensions take a single index, the
/// last ones a run of `sizes`.
record BlockWindow(List<Made> indices, Optional<Made> mask) {
  /// Chosen rows of a matrix, `columns` columns of each.
  static BlockWindow rows(Tracer trace, Use use, int columns, Tile rows, Tile column) {
    Tile down = new Tile(Shapes.vector("gather", rows.made, 1));
    Tile across = new Tile(Shapes.vector("gather", column.add(trace.arange(columns)).made, 0));
    Mask inside = across.lt(new Tile(trace.size(use.name(), 1, use.rank())));
    return new BlockWindow(List.of(down.made, across.made), Optional.of(inside.made));
  }

  /// A window into an array, up to `ends` where those are given.
  static BlockWindow of(Tracer trace, Use use, int[] sizes, Tile[] starts, Tile[] ends) {
    int lead = starts.length - sizes.length;
    IntFunction<Tile> size = d -> new Tile(trace.size(use.name(), d, use.rank()));
    return of(
        trace,
        d -> ends.length == 0 ? size.apply(d) : size.apply(d).min(ends[d - lead]),
        sizes,
        starts);
  }

  /// A window into something whose dimension `d` has `size(d)` elements.
  static BlockWindow of(Tracer trace, IntFunction<Tile> size, int[] sizes, Tile[] starts) {
    int lead = starts.length - sizes.length;
    List<Made> indices = new ArrayList<>();
    @Nullable Mask mask = null;
    for (int d = 0; d < starts.length; d++) {
      if (d < lead) {
        indices.add(starts[d].made);
        continue;
      }
      Tile index = starts[d].add(trace.arange(sizes[d - lead]));
      Mask inside = index.lt(size.apply(d));
      for (int after = d + 1; after < starts.length; after++) {
        index = index.unsqueeze(index.shape().size());
        inside = inside.unsqueeze(inside.shape().size());
      }
      indices.add(index.made);
      mask = mask == null ? inside : mask.and(inside);
    }
    return new BlockWindow(List.copyOf(indices), Optional.ofNullable(mask).map(m -> m.made));
  }
}
