/// Operator costs and projections.
module maia.plan {
  requires transitive maia.base;
  requires transitive maia.machine;
  requires transitive maia.models;
  requires transitive maia.runtime;
  requires static org.jspecify;

  exports maia.plan;
}
