package maia.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.kernel.Accesses.Places;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Mistake;

/// A vector in HBM seen as an array: sizes and strides that the device knows. Strides count
/// elements and may be negative (reversed), zero (one element seen many times) or overlap.
public final class Descriptor {
  private final ArrayArg array;
  private final List<Tile> sizes;
  private final Optional<List<Tile>> strides;
  private final Tile offset;

  private Descriptor(ArrayArg array, List<Tile> sizes, Optional<List<Tile>> strides, Tile offset) {
    this.array = array;
    this.sizes = List.copyOf(sizes);
    this.strides = strides;
    this.offset = offset;
    for (Tile tile : sizes) {
      Operands.checkInteger(array.trace(), "descriptor", tile.made);
    }
    for (Tile tile : strides.orElse(List.of())) {
      Operands.checkInteger(array.trace(), "descriptor", tile.made);
    }
    Operands.checkInteger(array.trace(), "descriptor", offset.made);
  }

  static Descriptor rowMajor(ArrayArg array, List<Tile> sizes) {
    return new Descriptor(array, sizes, Optional.empty(), array.trace().scalar(0));
  }

  /// This with other strides, in elements, one per dimension.
  public Descriptor strides(Tile... steps) {
    array
        .trace()
        .require(
            steps.length == sizes.size(),
            Mistake.WRONG_INDEX_COUNT,
            "descriptor: '%s' is seen with %d dimensions, got %d strides",
            array.name(),
            sizes.size(),
            steps.length);
    return new Descriptor(array, sizes, Optional.of(List.of(steps)), offset);
  }

  /// This with its first element at `place` of the vector.
  public Descriptor offset(Tile place) {
    return new Descriptor(array, sizes, strides, place);
  }

  /// The size of dimension `dim`.
  public Tile size(int dim) {
    array
        .trace()
        .require(
            dim >= 0 && dim < sizes.size(),
            Mistake.NO_SUCH_DIMENSION,
            "size: the descriptor of '%s' has dimensions 0 to %d, not %d",
            array.name(),
            sizes.size() - 1,
            dim);
    return sizes.get(dim);
  }

  /// The places at `indices`, one index per dimension; indices stretch to a joint shape.
  public Ptr at(Tile... indices) {
    check(indices.length);
    return new Ptr(places(Arrays.stream(indices).map(i -> i.made).toList(), Optional.empty()));
  }

  /// A window of `extents` along the last dimensions, with its first element at `starts`.
  public ArrayArg.Placed block(int[] extents, Tile... starts) {
    check(starts.length);
    array
        .trace()
        .require(
            extents.length >= 1 && extents.length <= sizes.size(),
            Mistake.WRONG_INDEX_COUNT,
            "block: the descriptor of '%s' has %d dimensions but block(...) got %d sizes",
            array.name(),
            sizes.size(),
            extents.length);
    for (int extent : extents) {
      array.trace().checkPowerOfTwo("block", extent);
    }
    BlockWindow window = BlockWindow.of(array.trace(), sizes::get, extents, starts);
    return new ArrayArg.Placed(places(window.indices(), window.mask()));
  }

  private void check(int count) {
    array
        .trace()
        .require(
            count == sizes.size(),
            Mistake.WRONG_INDEX_COUNT,
            "the descriptor of '%s' has %d dimensions but at(...) got %d indices",
            array.name(),
            sizes.size(),
            count);
  }

  /// One index into the vector.
  private Places places(List<Made> indices, Optional<Made> mask) {
    Tile place = offset;
    Tile rowMajor = array.trace().scalar(1);
    for (int d = indices.size() - 1; d >= 0; d--) {
      Tile stride = strides.isPresent() ? strides.get().get(d) : rowMajor;
      place = place.add(new Tile(indices.get(d)).mul(stride));
      rowMajor = strides.isPresent() || d == 0 ? rowMajor : rowMajor.mul(sizes.get(d));
    }
    return new Places(array.trace(), array.use(), array.dtype(), List.of(place.made), mask);
  }
}
