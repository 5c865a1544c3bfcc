/// A run and a price book into time, energy and money.
module maia.cost {
  requires transitive maia.base;
  requires transitive maia.machine;
  requires transitive maia.sim;
  requires static org.jspecify;

  exports maia.cost;
}
