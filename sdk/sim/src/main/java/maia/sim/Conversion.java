package maia.sim;

import maia.base.Origin;
import maia.numerics.DType;

/// What the conversions of one line lost.
///
/// @param origin the user's line
/// @param instruction the instruction, as in traces
/// @param type the type converted to
/// @param elements elements of the instructions that lost something
/// @param saturated numbers beyond the largest of the type, infinities included, that became finite
/// @param newNans elements that became NaN
/// @param nans elements that were NaN before
public record Conversion(
    Origin origin,
    String instruction,
    DType type,
    long elements,
    long saturated,
    long newNans,
    long nans) {
  /// One line of text.
  @Override
  public String toString() {
    return "%s at %s: to %s, %d of %d elements saturated, %d became NaN, %d were NaN"
        .formatted(instruction, origin, type.label(), saturated, elements, newNans, nans);
  }
}
