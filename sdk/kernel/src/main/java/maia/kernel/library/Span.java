package maia.kernel.library;

import maia.kernel.KernelContext;
import maia.kernel.Tile;

/// The rows (or columns) of a matrix that a program computes.
///
/// Sizes are dealt in units, a unit being a multiple of the tensor unit's rows. Every `lanes`
/// neighbouring programs form a group; groups get as equal a number of units per program as
/// possible, and programs of a group get equally many, so that no lane of a cluster waits for
/// another.
///
/// @param start the first row
/// @param end the row after the last one
record Span(Tile start, Tile end) {
  static Span of(KernelContext k, int dim, Tile size, int lanes, int unit) {
    Tile program = k.programId(dim);
    Tile group = program.div(lanes);
    Tile groups = k.numPrograms(dim).div(lanes);
    Tile units = size.cdiv((long) lanes * unit);
    Tile from = group.mul(units).div(groups);
    Tile count = group.add(1).mul(units).div(groups).sub(from);
    Tile start = from.mul(lanes).add(program.rem(lanes).mul(count)).mul(unit);
    return new Span(start, start.add(count.mul(unit)).min(size));
  }

  /// The unit for blocks of `side`: what the tensor unit computes at once, or all of a small block.
  static int unit(int side) {
    return Math.min(32, side);
  }

  /// The most rows that a program gets when `programs` of them share `size`.
  static long largest(long size, int programs, int lanes, int unit) {
    return Math.ceilDiv(Math.ceilDiv(size, (long) lanes * unit), programs / lanes) * unit;
  }
}
