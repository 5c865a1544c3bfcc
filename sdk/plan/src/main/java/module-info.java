/// Operator costs.
module maia.plan {
  requires transitive maia.base;
  requires transitive maia.machine;
  requires transitive maia.runtime;
  requires static org.jspecify;

  exports maia.plan;
}
