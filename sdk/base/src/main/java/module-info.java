/// Argument checks, origins, rich display and progress: what every room stands on.
module maia.base {
  requires transitive static org.jspecify;

  exports maia.base;
}
