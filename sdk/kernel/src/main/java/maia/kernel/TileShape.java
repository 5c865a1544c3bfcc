package maia.kernel;

/// Other shapes of a [Tile]; no value changes.
public sealed interface TileShape permits Tile {
  private Tile self() {
    return (Tile) this;
  }

  /// A vector as a row, 1 x n.
  default Tile row() {
    return new Tile(Shapes.vector("row", self().made, 0));
  }

  /// A vector as a column, n x 1.
  default Tile col() {
    return new Tile(Shapes.vector("col", self().made, 1));
  }

  /// This with a dimension of size 1 inserted at `dim`.
  default Tile unsqueeze(int dim) {
    return new Tile(Shapes.unsqueeze(self().made, dim));
  }

  /// This without dimension `dim`, whose size is 1.
  default Tile squeeze(int dim) {
    return new Tile(Shapes.squeeze(self().made, dim));
  }

  /// This stretched to `shape`.
  default Tile broadcastTo(int... shape) {
    return new Tile(Shapes.broadcast(self().made, shape));
  }

  /// The elements in row-major order in another shape of the same size.
  default Tile reshape(int... shape) {
    return new Tile(Shapes.reshape("reshape", self().made, shape));
  }

  /// As [#reshape].
  default Tile view(int... shape) {
    return new Tile(Shapes.reshape("view", self().made, shape));
  }

  /// The elements in row-major order as a vector.
  default Tile ravel() {
    int elements = Math.toIntExact(self().made.value().type().elements());
    return new Tile(Shapes.reshape("ravel", self().made, elements));
  }

  /// This with its last two dimensions swapped.
  default Tile t() {
    return new Tile(Shapes.transpose(self().made));
  }

  /// This with its dimensions exchanged: dimension `d` of the result is dimension `order[d]`.
  default Tile permute(int... order) {
    return new Tile(Shapes.permute(self().made, order));
  }

  /// This with dimension `dim` in reverse order.
  default Tile flip(int dim) {
    return new Tile(Shapes.flip(self().made, dim));
  }

  /// The two positions of the last dimension, which has size 2.
  default Halves split() {
    Halves halves =
        new Halves(new Tile(Shapes.half(self().made, 0)), new Tile(Shapes.half(self().made, 1)));
    Recording recording = self().made.trace().recording();
    recording.mayStayUnused(halves.first(), halves.second());
    return halves;
  }

  /// What [#split] gives.
  record Halves(Tile first, Tile second) {}
}
