/// Executes a recorded [maia.kernel.ir.Func] on arrays, program by program, with the numbers of the
/// device and every check on; it never sees the lambda.
///
/// In: a function, a grid, arguments. Out: results in the arrays, and an [Interpretation].
///
/// Terms: a *slot* is the storage of one value; a *node* is one step of the flat plan that a
/// function becomes when its arrays are known; a *fixed* slot holds the same in every program.
@NullMarked
package maia.kernel.interp;

import org.jspecify.annotations.NullMarked;
