package maia.sim;

/// Where a copy moves and how much.
///
/// @param low first index of each window axis that is not masked off
/// @param high the index behind the last
/// @param hbmBytes bytes on the HBM side, short rows rounded up to bursts
/// @param chipBytes bytes on the on-chip side
/// @param descriptors how often the channel's issue cost is paid
record CopyPlan(int[] low, int[] high, long hbmBytes, long chipBytes, int descriptors) {}
