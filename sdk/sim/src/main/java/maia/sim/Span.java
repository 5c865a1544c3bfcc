package maia.sim;

import maia.base.Origin;

/// One executed instruction.
///
/// @param tile the tile, counted over the launch; of a cluster queue, the first tile of the cluster
/// @param queue the queue's name, such as `ttu` or `dma0`
/// @param what the instruction, such as `mma 128x128x64 bf16`
/// @param startPicoseconds when its engine started
/// @param endPicoseconds when its values were in place
/// @param bytes bytes moved, 0 for arithmetic
/// @param flops operations, 0 for copies
/// @param origin the user's line
public record Span(
    int tile,
    String queue,
    String what,
    long startPicoseconds,
    long endPicoseconds,
    long bytes,
    long flops,
    Origin origin) {}
