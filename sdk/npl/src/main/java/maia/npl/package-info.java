/// The tile program, inspired by the public descriptions of the NPL layer of Maia 200; it claims no
/// compatibility with it.
///
/// A [Program] is a set of in-order queues, one per engine of a tile (or cluster), plus named
/// buffers and semaphores. Nothing orders two queues except a semaphore. In: a compiler's output,
/// text, or a program written by hand. Out: the same program, verified, with a static estimate,
/// ready to be simulated.
///
/// Terms: *queue*, *buffer*, *slot*, *semaphore*, *TTU* (tensor unit), *TVP* (vector processor),
/// *TSRAM* (tile SRAM), *CSRAM* (cluster SRAM).
@NullMarked
package maia.npl;

import org.jspecify.annotations.NullMarked;
