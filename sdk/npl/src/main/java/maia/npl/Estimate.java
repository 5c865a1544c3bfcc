package maia.npl;

import java.util.List;
import java.util.Locale;
import maia.base.Check;
import maia.machine.Machine;

/// What can be said of a program's cost without running it: the work of all tiles, the memory it
/// needs, and a time no run can beat.
///
/// Copies count their whole box, whether masked or not.
///
/// @param hbmReadBytes bytes read from HBM
/// @param hbmWrittenBytes bytes written to HBM
/// @param tensorFlops operations of the tensor units
/// @param vectorFlops operations of the vector processors
/// @param instructions engine instructions
/// @param tileCopies copies that the tile with the most issues
/// @param tileBytes tile SRAM the program needs, accumulators included
/// @param clusterBytes cluster SRAM the program needs
/// @param picoseconds a lower bound of the kernel time
/// @param bound what gives the bound: `hbm`, `tensor`, `vector` or `control`
public record Estimate(
    long hbmReadBytes,
    long hbmWrittenBytes,
    long tensorFlops,
    long vectorFlops,
    long instructions,
    long tileCopies,
    long tileBytes,
    long clusterBytes,
    long picoseconds,
    String bound) {

  /// The sizes a program is estimated for.
  ///
  /// @param shapes one per array parameter
  /// @param scalars one per scalar parameter; those of float type do not matter
  /// @param grid the grid of programs
  public record Sizes(List<List<Long>> shapes, List<Long> scalars, List<Integer> grid) {
    public Sizes {
      shapes = shapes.stream().map(List::copyOf).toList();
      scalars = List.copyOf(scalars);
      grid = List.copyOf(grid);
    }

    /// The sizes a hand-written program was written for.
    public static Sizes of(Program program) {
      return new Sizes(
          program.arrays().stream().map(Program.ArrayParam::shape).toList(), List.of(), List.of());
    }
  }

  /// The estimate of a verified program.
  public static Estimate of(Program program, Machine machine, Sizes sizes) {
    Check.argument(
        sizes.shapes().size() == program.arrays().size()
            && sizes.scalars().size() >= program.scalars().size(),
        "program '%s' has %d arrays and %d scalars, sizes are given for %d and %d",
        program.name(),
        program.arrays().size(),
        program.scalars().size(),
        sizes.shapes().size(),
        sizes.scalars().size());
    return new Estimator(program, machine, sizes).estimate();
  }

  /// Operations per HBM byte.
  public double intensity() {
    long bytes = hbmReadBytes + hbmWrittenBytes;
    return bytes == 0 ? Double.POSITIVE_INFINITY : (double) (tensorFlops + vectorFlops) / bytes;
  }

  /// One line of text.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "at least %.3f us (%s): HBM %d B read, %d B written; %d tensor flop, %d vector flop;"
            + " %d instructions; %d B tile SRAM, %d B cluster SRAM",
        picoseconds * 1e-6,
        bound,
        hbmReadBytes,
        hbmWrittenBytes,
        tensorFlops,
        vectorFlops,
        instructions,
        tileBytes,
        clusterBytes);
  }
}
