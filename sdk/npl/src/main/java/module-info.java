/// The tile program: the only thing the compiler and the simulator share.
module maia.npl {
  requires transitive maia.base;
  requires transitive maia.numerics;
  requires transitive maia.machine;
  requires static org.jspecify;

  exports maia.npl;
}
