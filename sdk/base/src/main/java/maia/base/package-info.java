/// What every room stands on: argument checks, the [Origin] of an operation in the user's code,
/// values that show as more than text ([Rich]), and [Progress] of long work that can be stopped.
///
/// Terms. An *origin* is the user's own line that created an operation; it travels with the
/// operation through every stage, so that an error, a trace span or a cost line can name it.
@NullMarked
package maia.base;

import org.jspecify.annotations.NullMarked;
