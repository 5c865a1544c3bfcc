/// Reading the fields of JSON files that come from outside.
@NullMarked
package maia.models.json;

import org.jspecify.annotations.NullMarked;
