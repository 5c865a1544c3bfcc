package maia.sim;

import maia.base.Origin;

/// One step of a control stream. Loops keep their counter in hidden registers, so a stream is never
/// unrolled.
sealed interface Step {
  /// Issues an instruction.
  record Do(Op op) implements Step {}

  /// Writes a register.
  record Assign(int register, IntFunction value, Origin origin) implements Step {}

  /// Starts a loop: counter, limit and step go to hidden registers `at`, `at + 1`, `at + 2`; an
  /// empty loop continues at `exit`. The loop over the programs of a tile may take them in another
  /// order.
  record Enter(
      int at,
      int variable,
      IntFunction from,
      IntFunction to,
      IntFunction step,
      int exit,
      boolean isPrograms,
      Origin origin)
      implements Step {}

  /// Ends a loop body: continues at `body` while the counter is below the limit.
  record Next(int at, int variable, int body, boolean isPrograms, Origin origin) implements Step {}

  /// Continues at `target` where the condition is zero.
  record Branch(IntFunction condition, int target, Origin origin) implements Step {}

  /// Continues at `target`.
  record Jump(int target) implements Step {}
}
