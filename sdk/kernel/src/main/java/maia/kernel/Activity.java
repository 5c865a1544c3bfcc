package maia.kernel;

import maia.base.Origin;

/// One instruction of a run on the time axis.
///
/// @param tile the tile, counted over the chip
/// @param queue the queue's name, such as `ttu` or `dma0`
/// @param what the instruction
/// @param startPicoseconds when its engine started
/// @param endPicoseconds when its values were in place
/// @param origin the user's line
public record Activity(
    int tile,
    String queue,
    String what,
    long startPicoseconds,
    long endPicoseconds,
    Origin origin) {}
