package maia.kernel;

import java.util.List;
import java.util.Optional;
import maia.kernel.Tile.Made;

/// Places in an array: one per element of the joint shape of the indices.
public final class Ptr {
  private final ArrayArg array;
  private final List<Made> indices;

  Ptr(ArrayArg array, List<Made> indices) {
    this.array = array;
    this.indices = List.copyOf(indices);
  }

  /// What the array holds there; every place must lie inside the array.
  public Tile load() {
    return load(Optional.empty(), 0);
  }

  /// What the array holds where the mask holds, else 0.
  public Tile load(Mask mask) {
    return load(Optional.of(mask.made), 0);
  }

  /// What the array holds where the mask holds, else `other`.
  public Tile load(Mask mask, double other) {
    return load(Optional.of(mask.made), other);
  }

  private Tile load(Optional<Made> mask, double other) {
    return new Tile(
        array.trace().load(array.name(), array.dtype(), array.use(), indices, mask, other));
  }

  /// Writes `value`; every place must lie inside the array.
  public void store(Tile value) {
    array
        .trace()
        .store(array.name(), array.dtype(), array.use(), indices, value.made, Optional.empty());
  }

  /// Writes `value` where the mask holds.
  public void store(Tile value, Mask mask) {
    array
        .trace()
        .store(
            array.name(), array.dtype(), array.use(), indices, value.made, Optional.of(mask.made));
  }
}
