/// Chips as data: a [Machine] is a tree of records, and every number in it has a [Source].
///
/// Bandwidths of on-chip units are bytes per cycle of the tile clock, those of HBM, network and
/// host link bytes per second; latencies are cycles or picoseconds as their names say.
@NullMarked
package maia.machine;

import org.jspecify.annotations.NullMarked;
