/// Kernel puzzles: small problems in the kernel language, with pictures, hints and a checker.
///
/// In: a kernel that somebody wrote for a [Puzzle]. Out: a [Verdict]: right or wrong, where and
/// how, and what it cost on the simulated chip.
///
/// Terms. A *star* is given for the right values on every shape that is tried, a second one for
/// staying within the *budget*, a number of simulated cycles.
///
/// ```java
/// Puzzle puzzle = Puzzle.named("add_ten");
/// var mine = Kernel.define("mine", k -> {
///     var x = k.in("x", F32, 1);
///     var y = k.out("y", F32, 1);
///     var i = k.arange(32);
///     y.at(i).store(x.at(i).load().add(10));
/// });
/// puzzle.check(mine)
/// ```
@NullMarked
package maia.lab.puzzle;

import org.jspecify.annotations.NullMarked;
