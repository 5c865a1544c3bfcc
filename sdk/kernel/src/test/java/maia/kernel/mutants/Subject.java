package maia.kernel.mutants;

import java.util.List;
import java.util.function.Supplier;
import maia.machine.Machine;
import maia.npl.Program;
import maia.npl.Program.Access;
import maia.numerics.HostArray;
import maia.sim.Launch;

/// A correct program to break, with arguments.
///
/// @param name shown in the table
/// @param listing the program, numbered
/// @param machine where it runs
/// @param launch fresh arguments
record Subject(String name, Listing listing, Machine machine, Supplier<Launch> launch) {
  static Subject of(String name, Program program, Machine machine, Supplier<Launch> launch) {
    return new Subject(name, Listing.of(program), machine, launch);
  }

  /// The values of the arrays the program writes.
  List<float[]> results(Launch launched) {
    List<Program.ArrayParam> params = listing.program.arrays();
    return java.util.stream.IntStream.range(0, params.size())
        .filter(i -> params.get(i).access() != Access.IN)
        .mapToObj(i -> HostArray.floats(launched.arrays().get(i)))
        .toList();
  }
}
