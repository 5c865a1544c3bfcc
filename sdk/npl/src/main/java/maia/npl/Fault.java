package maia.npl;

import maia.base.Contract;
import maia.base.Origin;
import maia.npl.NplException.Category;

/// Makes the exceptions of the verifier.
final class Fault {
  private Fault() {}

  @Contract("false, _, _, _, _ -> fail")
  static void unless(
      boolean holds, Category category, Origin origin, String format, Object... values) {
    if (!holds) {
      throw new NplException(category, format.formatted(values), origin);
    }
  }

  @Contract("false, _, _, _ -> fail")
  static void structure(boolean holds, Origin origin, String format, Object... values) {
    unless(holds, Category.STRUCTURE, origin, format, values);
  }

  @Contract("false, _, _, _ -> fail")
  static void type(boolean holds, Origin origin, String format, Object... values) {
    unless(holds, Category.TYPE, origin, format, values);
  }
}
