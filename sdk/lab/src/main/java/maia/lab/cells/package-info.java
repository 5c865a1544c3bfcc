/// Cells of Java code, run in this JVM by `jdk.jshell`. The Jupyter kernel, the notebook runner,
/// `./maia run FILE.jsh` and the tests all use [CellEngine], so a cell means the same in each.
///
/// In: the text of a cell. Out: the value of its last expression, or a [CellException] with the
/// lines to show.
@NullMarked
package maia.lab.cells;

import org.jspecify.annotations.NullMarked;
