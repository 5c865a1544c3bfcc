/// Model architectures built from the modules of `maia.tensor.nn`.
///
/// In: sizes and a seed. Out: a module whose parameters a checkpoint can fill.
@NullMarked
package maia.models;

import org.jspecify.annotations.NullMarked;
