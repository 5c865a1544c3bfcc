package maia.runtime.ops;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Check;
import maia.tensor.Elementary;
import maia.tensor.Op;
import maia.tensor.Pair;

/// Which operations the chip computes and how: one entry per kind of operation, in the order of the
/// families.
public final class Table {
  private final Map<Object, Entry<?>> entries = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();

  Table() {}

  /// A line of the table.
  ///
  /// @param family what it belongs to
  /// @param name the operation as messages name it
  /// @param op its class, as in `Unary.Exp`
  /// @param types what it takes
  /// @param rule how near it is to the host
  public record Row(String family, String name, String op, String types, Rule rule) {}

  /// An operation with kernels.
  record Entry<O extends Op>(Class<O> op, Types types, Step<O> step) {}

  /// Enters operations under the name of their family.
  final class Family {
    private final String name;

    private Family(String name) {
      this.name = name;
    }

    /// An operation the chip computes.
    <O extends Op> Family add(Class<O> op, Types types, Rule rule, Step<O> step) {
      return add(op, op, Table.name(op), types, rule, step);
    }

    /// An operation the chip computes.
    ///
    /// @param key the class, or the function that an operation of several names
    /// @param label the name its messages have
    <O extends Op> Family add(
        Object key, Class<O> op, String label, Types types, Rule rule, Step<O> step) {
      Entry<?> before = entries.put(key, new Entry<>(op, types, step));
      Check.invariant(before == null, "Table", "%s is entered twice", key);
      return row(label, Table.path(op), types.label(), rule);
    }

    /// Operations without kernels.
    ///
    /// @param op the class, as in `Unary.Exp`
    Family refuse(String label, String op, String reason) {
      return row(label, op, "", new Rule.Refused(reason));
    }

    /// A line of its own.
    Family row(String label, String op, String types, Rule rule) {
      rows.add(new Row(name, label, op, types, rule));
      return this;
    }
  }

  Family family(String name) {
    return new Family(name);
  }

  Optional<Entry<?>> entry(Op op) {
    Object key =
        switch (op) {
          case Elementary(var function) -> function;
          case Pair(var function) -> function;
          default -> op.getClass();
        };
    return Optional.ofNullable(entries.get(key));
  }

  /// The lines, family by family.
  public List<Row> rows() {
    return List.copyOf(rows);
  }

  private static String name(Class<?> op) {
    String name = op.getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  private static String path(Class<?> op) {
    Class<?> outer = op.getEnclosingClass();
    return outer == null ? op.getSimpleName() : outer.getSimpleName() + "." + op.getSimpleName();
  }
}
