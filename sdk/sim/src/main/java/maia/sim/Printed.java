package maia.sim;

import java.util.List;
import java.util.stream.Collectors;
import maia.base.Origin;

/// What a print showed.
///
/// @param program the number of the program that printed
/// @param label the label
/// @param shape sizes of the box
/// @param values the first values, in row-major order
/// @param origin the user's line
public record Printed(
    long program, String label, List<Integer> shape, List<String> values, Origin origin) {
  public Printed {
    shape = List.copyOf(shape);
    values = List.copyOf(values);
  }

  /// One line of text.
  @Override
  public String toString() {
    long count = 1;
    for (int size : shape) {
      count *= size;
    }
    String more = count > values.size() ? ", ..." : "";
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    return "program %d: %s %s = [%s%s]"
        .formatted(program, label, sizes, String.join(", ", values), more);
  }
}
