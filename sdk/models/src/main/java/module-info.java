/// Model architectures.
module maia.models {
  requires transitive maia.base;
  requires transitive maia.tensor;
  requires transitive maia.quant;
  requires static org.jspecify;

  exports maia.models;
  exports maia.models.text;
}
