/// The compiler's intermediate form: a [Func] is a tree of blocks of operations in static single
/// assignment, with mutable cells for values that a loop carries.
///
/// In: what a kernel lambda recorded, or text. Out: the same, rewritten by passes, ready to be
/// lowered. Every operation knows the user's line; `Func.parse(func.toString())` equals `func`.
///
/// Terms: a *value* is defined once; a *term* is an element-wise expression over values; a *cell*
/// is the storage behind `k.var(...)`.
@NullMarked
package maia.kernel.ir;

import org.jspecify.annotations.NullMarked;
