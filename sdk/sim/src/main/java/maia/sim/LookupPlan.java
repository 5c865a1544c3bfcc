package maia.sim;

/// Where the elements of a gather, scatter or atomic lie.
///
/// @param memory storage index of each element of the box, in row-major order; -1 is masked off
/// @param logical the element's row-major number in the array
record LookupPlan(long[] memory, long[] logical) {}
