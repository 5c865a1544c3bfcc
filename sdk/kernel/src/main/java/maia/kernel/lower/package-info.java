/// From a rewritten [maia.kernel.ir.Func] to a tile program; [Lowering] is the entry.
///
/// Every operation on data becomes one instruction of one queue: loads and stores on DMA channels,
/// matrix products on the tensor unit, the rest on the vector processor. Each queue is the whole
/// structured program reduced to its own instructions. Scalars are computed by every queue for
/// itself; data that crosses queues lies in buffers, ordered by semaphores that are derived from
/// which queue touches which buffer in which block.
///
/// Blocks that several lanes of a cluster read are loaded once, by queues of the cluster DMA
/// (decision 022); what no store asks for is not computed (decision 023).
@NullMarked
package maia.kernel.lower;

import org.jspecify.annotations.NullMarked;
