/// Quantised modules.
module maia.quant {
  requires transitive maia.base;
  requires transitive maia.tensor;
  requires static org.jspecify;

  exports maia.quant;
}
