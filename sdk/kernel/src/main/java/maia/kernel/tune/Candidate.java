package maia.kernel.tune;

import maia.machine.Machine;
import maia.npl.Capacity;
import maia.npl.Estimate;
import maia.npl.Program;

/// A configuration compiled for a machine and sizes: what rules and models look at.
///
/// @param configuration its metas
/// @param machine the machine
/// @param program its tile program
/// @param sizes array sizes, scalars and grid of the launch
public record Candidate(
    Configuration configuration, Machine machine, Program program, Estimate.Sizes sizes) {
  /// The value of an integer meta.
  public int integer(String meta) {
    return configuration.integer(meta);
  }

  /// Tile SRAM the program needs, in bytes.
  public long sramBytes() {
    return Capacity.tileBytes(program);
  }

  /// Cluster SRAM the program needs, in bytes.
  public long clusterBytes() {
    return Capacity.clusterBytes(program);
  }

  /// Bytes, operations and a bound of the time, without running it.
  public Estimate estimate() {
    return Estimate.of(program, machine, sizes);
  }

  /// Programs of the grid.
  public long programs() {
    return sizes.grid().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
