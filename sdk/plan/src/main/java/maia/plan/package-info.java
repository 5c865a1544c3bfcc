/// Operator costs, and projections of whole models made of them.
///
/// In: an [Operator], its [Precision] and a chip. Out: an [OperatorEstimate] with time, energy,
/// bytes and the resource that bounds it. A [Roofline] answers from peaks alone, an [AnalyticCost]
/// from the mechanisms of the chip description, a [SimulatedCost] runs the library kernel on the
/// simulator without values.
///
/// A [Projection] lists the operators of a [ModelConfig] on a [Target] (a described chip, or one of
/// the catalogue by a roofline with named efficiencies) and gives a [PhaseEstimate] for prefill and
/// for decode: TTFT, TPOT, tokens per second, energy, memory. Launch overhead is always apart.
/// Collectives follow a [CollectiveModel] of latency and bandwidth.
@NullMarked
package maia.plan;

import org.jspecify.annotations.NullMarked;
