package maia.bench;

import java.util.List;
import java.util.function.Supplier;

/// One line of the table: an operation on one shape, with everyone who can compute it. The first
/// contender is ours.
///
/// @param group what the geometric means are taken over, such as `sgemm`
/// @param name the operation and its shape
/// @param flops floating-point operations of one call; 0 where memory is the bound
/// @param bytes bytes that one call must at least read and write
/// @param contenders makes the inputs and those who compute it
record Case(
    String group, String name, double flops, double bytes, Supplier<List<Contender>> contenders) {}
