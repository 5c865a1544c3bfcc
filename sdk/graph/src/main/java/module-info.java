/// A forward pass as a graph, fused and split into kernel calls.
module maia.graph {
  requires transitive maia.base;
  requires transitive maia.machine;
  requires transitive maia.tensor;
  requires transitive maia.kernel;
  requires static org.jspecify;

  exports maia.graph;
}
