/// Help for tests: comparing with stored text.
///
/// Terms. A *golden* file holds the exact text that something must produce; a change to it is a
/// change of behaviour and is reviewed as one.
@NullMarked
package maia.testkit;

import org.jspecify.annotations.NullMarked;
