/// Chips as data.
module maia.machine {
  requires transitive maia.base;
  requires transitive maia.numerics;
  requires static org.jspecify;

  exports maia.machine;
}
