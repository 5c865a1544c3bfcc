package maia.machine;

/// Control processors.
///
/// @param issueCycles cycles a tile control processor needs to enqueue one macro-instruction
/// @param queueDepth macro-instructions a queue holds
/// @param launchPicoseconds host time to launch a kernel; reported apart from kernel time
public record Control(int issueCycles, int queueDepth, long launchPicoseconds) {}
