package maia.kernel.tune;

import java.util.Optional;
import java.util.OptionalLong;

/// What became of one configuration.
///
/// @param configuration its metas
/// @param outcome how far it came
public record Trial(Configuration configuration, Outcome outcome) {
  /// How far a configuration came.
  public sealed interface Outcome {}

  /// It does not compile; `reason` is the compiler's first line.
  public record Refused(String reason) implements Outcome {}

  /// Rule number `rule` of the tuning, counted from 1, left it out.
  public record Pruned(long sramBytes, int rule) implements Outcome {}

  /// Only the model has seen it.
  public record Modelled(long sramBytes, double modelCycles) implements Outcome {}

  /// It was simulated, or had been before.
  ///
  /// @param sramBytes tile SRAM it needs
  /// @param modelCycles what the model expected
  /// @param cycles simulated cycles of the tile clock
  /// @param picoseconds simulated kernel time
  /// @param joules energy of the kernel
  /// @param bound what bounds it
  public record Simulated(
      long sramBytes,
      double modelCycles,
      long cycles,
      long picoseconds,
      double joules,
      String bound)
      implements Outcome {}

  /// Simulated cycles, when it was simulated.
  public OptionalLong cycles() {
    return outcome instanceof Simulated s ? OptionalLong.of(s.cycles()) : OptionalLong.empty();
  }

  /// Modelled cycles, when the model saw it.
  public Optional<Double> modelCycles() {
    return switch (outcome) {
      case Modelled m -> Optional.of(m.modelCycles());
      case Simulated s -> Optional.of(s.modelCycles());
      case Refused _, Pruned _ -> Optional.empty();
    };
  }

  /// Tile SRAM it needs, when it compiles.
  public OptionalLong sramBytes() {
    return switch (outcome) {
      case Pruned p -> OptionalLong.of(p.sramBytes());
      case Modelled m -> OptionalLong.of(m.sramBytes());
      case Simulated s -> OptionalLong.of(s.sramBytes());
      case Refused _ -> OptionalLong.empty();
    };
  }

  /// How far it came, in a few words.
  public String verdict() {
    return switch (outcome) {
      case Refused r -> "refused: " + r.reason();
      case Pruned p -> "pruned by rule " + p.rule();
      case Modelled _ -> "modelled";
      case Simulated s -> "simulated, bound by " + s.bound();
    };
  }
}
