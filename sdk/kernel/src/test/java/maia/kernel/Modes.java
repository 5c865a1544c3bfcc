package maia.kernel;

import maia.machine.Machine;

/// Runs a launch in every mode, each on arrays of its own: the bits must be the same.
final class Modes {
  private Modes() {}

  /// Runs `launch` on the simulated `machine`, in the interpreter and program by program in eager
  /// mode.
  static void agree(KernelLaunch launch, Machine machine, Object... arguments) {
    KernelCall simulated = launch.call(KernelCall.Mode.COMPUTE, arguments);
    KernelCall eager = Twin.of(simulated);
    new OnSim(machine).launch(simulated); // compares with the interpreter
    eager(launch, eager);
    Twin.assertSame("eager mode against simulator", eager, simulated);
  }

  /// Runs `launch` in the interpreter and in eager mode only.
  static void agreeOnHost(KernelLaunch launch, Object... arguments) {
    KernelCall interpreted = launch.call(KernelCall.Mode.COMPUTE, arguments);
    KernelCall eager = Twin.of(interpreted);
    interpreted.interpret();
    eager(launch, eager);
    Twin.assertSame("eager mode against interpreter", eager, interpreted);
  }

  /// Runs every program of the grid in eager mode, one after the other.
  static void eager(KernelLaunch launch, KernelCall call) {
    int[] grid = call.grid().stream().mapToInt(Integer::intValue).toArray();
    int programs = call.grid().stream().reduce(1, Math::multiplyExact);
    for (int p = 0; p < programs; p++) {
      int[] program = grid.clone();
      int rest = p;
      for (int d = 0; d < grid.length; d++) {
        program[d] = rest % grid[d];
        rest /= grid[d];
      }
      launch.kernel().eager(program).grid(grid).execute(call.arguments().toArray());
    }
  }
}
