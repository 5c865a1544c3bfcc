package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.lower.Coordinate.Along;
import maia.npl.Expr;
import maia.npl.Lane;
import maia.npl.Place;

/// How a buffer is seen from the box that is computed: as a region where that is enough, else by
/// index.
final class Views {
  private Views() {}

  /// The lane expression that reads `buf` at `at`, one coordinate per dimension of the tile it
  /// holds; `misaligned` is told when a position reads another one than its own.
  static Lane lane(Buf buf, List<Coordinate> at, List<Integer> box, Runnable misaligned) {
    List<Coordinate> own = padded(at, buf.box.size());
    if (isPlain(own, box, false)) {
      boolean isWhole = buf.box.equals(box) && own.stream().allMatch(Views::isOwn);
      if (!isWhole) {
        misaligned.run();
      }
      return new Lane.In(region(buf, own, box, false));
    }
    misaligned.run();
    if (isPlain(own, box, true)) {
      return new Lane.In(region(buf, own, box, true));
    }
    return new Lane.Pick(buf.region(false), own.stream().map(Coordinate::lane).toList());
  }

  private static List<Coordinate> padded(List<Coordinate> at, int rank) {
    List<Coordinate> own = new ArrayList<>(at);
    while (own.size() < rank) {
      own.addFirst(Coordinate.FIRST);
    }
    return own;
  }

  private static boolean isOwn(Coordinate at) {
    return at instanceof Along(_, long offset) && offset == 0;
  }

  /// Whether every dimension of the buffer lies along its own dimension of the box (the last two
  /// exchanged, when transposed) or does not move.
  private static boolean isPlain(List<Coordinate> own, List<Integer> box, boolean isTransposed) {
    if (own.size() > box.size()) {
      return false;
    }
    for (int d = 0; d < own.size(); d++) {
      if (!(own.get(d) instanceof Along(int dim, _))
          || dim >= 0 && dim != target(d, own.size(), box.size(), isTransposed)) {
        return false;
      }
    }
    return true;
  }

  private static int target(int d, int rank, int boxRank, boolean isTransposed) {
    int last = rank - 1;
    int seen = !isTransposed || d < last - 1 ? d : d == last ? last - 1 : last;
    return seen + boxRank - rank;
  }

  private static Place.Region region(
      Buf buf, List<Coordinate> own, List<Integer> box, boolean isTransposed) {
    List<Expr> start = new ArrayList<>();
    List<Integer> extent = new ArrayList<>();
    for (Coordinate c : own) {
      var along = (Along) c;
      start.add(Expr.of(along.offset()));
      extent.add(along.dim() < 0 ? 1 : box.get(along.dim()));
    }
    Place.Region whole = buf.region(isTransposed);
    return extent.equals(buf.box)
        ? whole
        : new Place.Region(whole.buffer(), whole.home(), whole.slot(), start, extent, isTransposed);
  }
}
