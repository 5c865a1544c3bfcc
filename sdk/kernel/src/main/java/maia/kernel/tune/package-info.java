/// Choosing the metas of a kernel: the configurations to try, a model that orders them, and what
/// came of each.
///
/// In: a [Tune], the search space with its rules. Out: a [TuneResult], every configuration with
/// what became of it, and the one with the fewest simulated cycles. Kernels are tuned by
/// `maia.kernel.Kernel#autotune`.
///
/// ```java
/// Tune tune =
///     Tune.grid("BM", 64, 128, 256)
///         .and("BN", 128, 256)
///         .and("STAGES", 2, 3)
///         .prune(c -> c.sramBytes() <= c.machine().tsram().bytes() / 2)
///         .keep(0.25);
/// ```
///
/// Terms. A *configuration* is one value for each meta of the grid. It is *refused* when it does
/// not compile, *pruned* when a rule leaves it out, *modelled* when only the model has seen it, and
/// *simulated* when its cycles were taken from a timing-only run.
@NullMarked
package maia.kernel.tune;

import org.jspecify.annotations.NullMarked;
