/// Chips as data.
module maia.machine {
  requires transitive maia.base;
  requires transitive maia.numerics;
  requires com.google.gson;
  requires static org.jspecify;

  exports maia.machine;
}
