package maia.kernel.mutants;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Walks and rewrites trees of records by their components, so that it knows every instruction
/// there is and will be.
final class Rebuild {
  private Rebuild() {}

  /// Gives `value` and everything below it to `visitor`, a parent before its parts.
  static void visit(Object value, Consumer<Object> visitor) {
    visitor.accept(value);
    switch (value) {
      case List<?> list -> list.forEach(item -> visit(item, visitor));
      case Optional<?> optional -> optional.ifPresent(item -> visit(item, visitor));
      case Record record -> parts(record).forEach(part -> visit(part, visitor));
      default -> {}
    }
  }

  /// `value` with `change` applied to every part, from the leaves up.
  static Object map(Object value, UnaryOperator<Object> change) {
    Object rebuilt =
        switch (value) {
          case List<?> list -> list.stream().map(item -> map(item, change)).toList();
          case Optional<?> optional -> optional.map(item -> map(item, change));
          case Record record -> {
            var parts = new ArrayList<Object>();
            boolean isChanged = false;
            for (Object part : parts(record)) {
              Object next = map(part, change);
              isChanged |= next != part;
              parts.add(next);
            }
            yield isChanged ? construct(record, parts) : record;
          }
          default -> value;
        };
    return change.apply(rebuilt);
  }

  /// `record` with its components changed, each given by name and value.
  static <T extends Record> T components(T record, BiFunction<String, Object, Object> change) {
    var parts = new ArrayList<Object>(parts(record));
    RecordComponent[] components = record.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      parts.set(i, change.apply(components[i].getName(), parts.get(i)));
    }
    @SuppressWarnings("unchecked")
    T changed = (T) construct(record, parts);
    return changed;
  }

  /// `record` with one component replaced.
  static <T extends Record> T with(T record, String component, Object value) {
    return components(record, (name, old) -> name.equals(component) ? value : old);
  }

  private static List<Object> parts(Record record) {
    var parts = new ArrayList<Object>();
    try {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        parts.add(component.getAccessor().invoke(record));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return parts;
  }

  private static Object construct(Record record, List<Object> parts) {
    var components = record.getClass().getRecordComponents();
    var types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      return record.getClass().getDeclaredConstructor(types).newInstance(parts.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
