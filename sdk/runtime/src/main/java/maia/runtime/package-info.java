/// The simulated Maia 200 behind tensors, kernels and sessions.
///
/// One story: [maia.tensor.Device] says where a tensor lives, a [Session] runs a network and
/// measures it, and `kernel.grid(...).run(...)` is the same machinery underneath. In: a function of
/// tensors and its input. Out: values, every intermediate form, a trace, time, energy and, with a
/// price book, dollars. What a run did in between is there too: `run.at(cycle)` shows queues,
/// semaphores and memory at a cycle, and [KernelRun#debug] stops, steps and watches.
///
/// [Maia#compile(maia.tensor.nn.Module)] gives a module as a function that runs several operations
/// per kernel with the bits of the operations one by one, places its results in one block by a
/// [MemoryPlan], and explains itself; [Maia#profile(java.util.function.Supplier)] measures what
/// runs in a body, a line per operation.
@NullMarked
package maia.runtime;

import org.jspecify.annotations.NullMarked;
