/// Rewrites of a [maia.kernel.ir.Func]; [Passes] names them in order.
@NullMarked
package maia.kernel.pass;

import org.jspecify.annotations.NullMarked;
