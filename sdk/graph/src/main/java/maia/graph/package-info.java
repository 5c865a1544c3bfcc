/// A forward pass as a graph, fused and split into kernel calls.
///
/// In: a function of tensors and an example input. Out: a [Graph] of operations with their shapes,
/// then a list of [Step]s, each of which one kernel of the library computes. Recording moves no
/// data: values are shapes.
@NullMarked
package maia.graph;

import org.jspecify.annotations.NullMarked;
