/// The Jupyter front of [maia.lab.cells]: [MaiaKernel], its installation without Python, and the
/// display adapters for our kernel and for IJava. Java callers need only [KernelInstall].
@NullMarked
package maia.lab.jupyter;

import org.jspecify.annotations.NullMarked;
