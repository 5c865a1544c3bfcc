/// Operator costs: the one seam through which projections (and later serving and routing) ask what
/// an operator takes.
///
/// In: an [Operator], its [Precision] and a chip. Out: an [OperatorEstimate] with time, energy,
/// bytes and the resource that bounds it. A [Roofline] answers from peaks alone, a [SimulatedCost]
/// runs the library kernel on the simulator without values.
@NullMarked
package maia.plan;

import org.jspecify.annotations.NullMarked;
