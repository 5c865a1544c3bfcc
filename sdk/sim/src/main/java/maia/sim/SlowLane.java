package maia.sim;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import maia.npl.Lane;

/// Finds functions that take a vector lane many cycles.
final class SlowLane {
  private SlowLane() {}

  /// The name of the first such function of an expression.
  static Optional<String> in(Lane lane) {
    return switch (lane) {
      case Lane.Unary u ->
          isSlow(u.op()) ? Optional.of(u.op().name().toLowerCase(Locale.ROOT)) : in(u.x());
      case Lane.Binary b -> first(b.x(), b.y());
      case Lane.Fma f -> first(f.x(), f.y(), f.z());
      case Lane.Select s -> first(s.condition(), s.x(), s.y());
      case Lane.Cast c -> in(c.x());
      default -> Optional.empty(); // leaves
    };
  }

  private static Optional<String> first(Lane... parts) {
    return Stream.of(parts).map(SlowLane::in).flatMap(Optional::stream).findFirst();
  }

  private static boolean isSlow(Lane.UnaryOp op) {
    return switch (op) {
      case EXP, EXP2, LOG, LOG2, SQRT, RSQRT, RECIPROCAL, TANH, ERF, SIN, COS, SIGMOID -> true;
      default -> false;
    };
  }
}
