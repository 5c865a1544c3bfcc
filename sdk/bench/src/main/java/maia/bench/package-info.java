/// Speed beside named peers. Nothing depends on this room; how to run it stands in its README.
@NullMarked
package maia.bench;

import org.jspecify.annotations.NullMarked;
