/// Model architectures.
module maia.models {
  requires transitive maia.base;
  requires transitive maia.tensor;
  requires static org.jspecify;

  exports maia.models;
}
