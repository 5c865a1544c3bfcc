/// How well the simulator reproduces what is published of Maia 200.
///
/// In: a machine and a list of matrix shapes. Out: the efficiency of a GEMM written by hand, the
/// whole curve of it, and the band that the assumed parameters of the machine leave.
///
/// Terms: *superblock* (what a cluster computes at a time), *panel* (operands of a superblock for
/// some steps along k, in cluster SRAM), *block* (what a tile computes of a superblock), *piece*
/// (32 rows of a block on their way out).
@NullMarked
package maia.sim.fidelity;

import org.jspecify.annotations.NullMarked;
