/// Argument checks, origins, rich display, progress and strict JSON: what every room stands on.
module maia.base {
  requires transitive com.google.gson;
  requires transitive static org.jspecify;

  exports maia.base;
}
