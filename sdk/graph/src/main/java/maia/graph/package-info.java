/// A forward pass as a graph, fused and split into kernel calls.
///
/// In: a function of tensors and example inputs. Out: a [Graph] of operations with their shapes,
/// then a [Plan]: a list of [Step]s, each of which one kernel computes, and the reasons why others
/// stayed apart. Recording moves no data: values are shapes.
@NullMarked
package maia.graph;

import org.jspecify.annotations.NullMarked;
