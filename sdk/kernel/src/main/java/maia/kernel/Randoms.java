package maia.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import maia.numerics.DType;

/// Random numbers as functions of a seed and an offset: the streams of Triton's `randint`, `rand`
/// and `randn`.
final class Randoms {
  /// The largest factor that keeps 2^31 - 1 times itself, in binary32, below 1.
  private static final double TO_UNIT = 4.6566127342e-10;

  private static final double SMALLEST_UNIFORM = 1.0e-7;
  private static final double TWO_PI = 6.283185307179586;

  private Randoms() {}

  static Tile bits(Tile seed, Tile offset, int word) {
    return new Tile(Elementwise.philox(seed.made, offset.made, word));
  }

  /// A number in [0, 1): negative words are mirrored, so that all 2^31 magnitudes count.
  static Tile uniform(Tile seed, Tile offset, int word) {
    Tile bits = bits(seed, offset, word);
    return bits.lt(0).where(bits.xor(-1), bits).to(DType.F32).mul(TO_UNIT);
  }

  /// Two independent normal numbers (Box and Muller) of words `word` and `word + 1`.
  static List<Tile> normals(Tile seed, Tile offset, int word) {
    Tile length = length(uniform(seed, offset, word));
    Tile angle = uniform(seed, offset, word + 1).mul(TWO_PI);
    return List.of(length.mul(angle.cos()), length.mul(angle.sin()));
  }

  static Tile normal(Tile seed, Tile offset) {
    Tile length = length(uniform(seed, offset, 0));
    return length.mul(uniform(seed, offset, 1).mul(TWO_PI).cos());
  }

  private static Tile length(Tile uniform) {
    return uniform.max(SMALLEST_UNIFORM).log().mul(-2.0).sqrt();
  }

  static KernelContext.Four bits4(Tile seed, Tile offset) {
    return four(IntStream.range(0, 4).mapToObj(word -> bits(seed, offset, word)).toList());
  }

  static KernelContext.Four uniform4(Tile seed, Tile offset) {
    return four(IntStream.range(0, 4).mapToObj(word -> uniform(seed, offset, word)).toList());
  }

  static KernelContext.Four normal4(Tile seed, Tile offset) {
    List<Tile> all = new ArrayList<>(normals(seed, offset, 0));
    all.addAll(normals(seed, offset, 2));
    return four(all);
  }

  private static KernelContext.Four four(List<Tile> all) {
    all.forEach(tile -> tile.made.trace().recording().mayStayUnused(tile));
    return new KernelContext.Four(all.get(0), all.get(1), all.get(2), all.get(3));
  }
}
