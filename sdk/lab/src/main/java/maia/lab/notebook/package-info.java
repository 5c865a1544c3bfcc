/// Running `.ipynb` files without Python.
///
/// In: a notebook file (nbformat 4.5). Out: a [Report], and with `--write` the same file with fresh
/// outputs. Two runs give the same bytes: no timings, no object addresses.
///
/// Terms. A cell tagged `raises-exception` must fail, one tagged `varies` may print something else
/// each time, one tagged `skip-execution` is left alone.
@NullMarked
package maia.lab.notebook;

import org.jspecify.annotations.NullMarked;
