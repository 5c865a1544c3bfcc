/// The operations of tensors as kernels of the library: which ones the chip computes, from which
/// element types, and how near to the host.
///
/// [maia.runtime.ops.DeviceOps] is the entry; every family of operations enters its members into a
/// [maia.runtime.ops.Table].
@NullMarked
package maia.runtime.ops;

import org.jspecify.annotations.NullMarked;
