/// The kernel language: write what one program does as a Java lambda, run it on a grid.
///
/// In: a lambda over a [KernelContext], arrays, a machine. Out: a [maia.kernel.ir.Func], the tile
/// program it compiles to, and, through a [Launcher], its run.
///
/// Java values are known while the kernel is traced; [Tile] values live on the device. Java's own
/// `for`, `if` and `switch` therefore unroll and specialise, while loops of the device are
/// `k.range(...)`.
///
/// ```java
/// Kernel add =
///     Kernel.define("vector_add", k -> {
///       var x = k.in("x", DType.F32, 1);
///       var y = k.in("y", DType.F32, 1);
///       var out = k.out("out", DType.F32, 1);
///       int block = k.meta("BLOCK", 1024);
///       var i = k.programId(0).mul(block).add(k.arange(block));
///       var mask = i.lt(x.size(0));
///       out.at(i).store(x.at(i).load(mask).add(y.at(i).load(mask)), mask);
///     });
/// ```
///
/// What is refused, and why, is in [maia.kernel.ir.Mistake]; its codes stand at the end of
/// messages.
///
/// Terms: a *program* is one instance of the lambda, numbered in the *grid*; a *meta* is a value
/// known while tracing; a *tile* is an array on the device with sizes known while tracing.
@NullMarked
package maia.kernel;

import org.jspecify.annotations.NullMarked;
