/// A forward pass as a graph, fused and split into kernel calls.
module maia.graph {
  requires transitive maia.base;
  requires transitive maia.tensor;
  requires static org.jspecify;

  exports maia.graph;
}
