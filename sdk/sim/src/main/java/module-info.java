/// Executes tile programs on a machine: values, time and energy in one pass.
module maia.sim {
  requires transitive maia.base;
  requires transitive maia.numerics;
  requires transitive maia.machine;
  requires transitive maia.npl;
  requires static org.jspecify;

  exports maia.sim;
  exports maia.sim.fidelity;
}
