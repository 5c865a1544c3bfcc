/// The kernel library, written in the kernel language itself.
@NullMarked
package maia.kernel.library;

import org.jspecify.annotations.NullMarked;
