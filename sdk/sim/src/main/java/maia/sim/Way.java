package maia.sim;

import java.util.Arrays;
import java.util.List;

/// What a copy of a channel goes through, with the channel's place in it.
///
/// @param route the shared resources
/// @param homes which tiles the operands name
/// @param hbm the channel's stream of HBM
/// @param ports its streams of the memory ports, in the order of the route
/// @param from the banks it reads
/// @param to the banks it writes
record Way(
    Route route,
    long[] homes,
    Pipe.Stream hbm,
    Pipe.Stream[] ports,
    List<Banks> from,
    List<Banks> to) {

  /// Whether an entry of the same instruction goes the same way.
  boolean isOf(Entry entry) {
    return homes.length == 0 || Arrays.equals(homes, homes(entry));
  }

  /// The tiles that the operands of a copy name.
  static long[] homes(Entry entry) {
    return switch (entry.op) {
      case Op.Load load -> homes(entry, load.to().home(), Op.HomeRef.OWN);
      case Op.Store store -> homes(entry, store.from().home(), Op.HomeRef.OWN);
      case Op.Move move -> homes(entry, move.from().home(), move.to().home());
      default -> new long[0]; // always its own tile
    };
  }

  private static long[] homes(Entry entry, Op.HomeRef a, Op.HomeRef b) {
    int size = 3;
    var homes = new long[(a.isOwn() ? 0 : size) + (b.isOwn() ? 0 : size)];
    int at = 0;
    for (Op.HomeRef home : List.of(a, b)) {
      for (int i = 0; i < size && !home.isOwn(); i++) {
        homes[at++] = entry.values[home.at() + i];
      }
    }
    return homes;
  }
}
