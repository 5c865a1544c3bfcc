package maia.quant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import maia.base.Check;
import maia.base.Stop;

/// The way to store each layer so that the sum of the sensitivities is smallest under a budget:
/// exactly, by keeping every combination of the first layers that no other beats in both.
///
/// @param layers how each layer is stored
/// @param score the sum of the sensitivities
/// @param spent what it takes of the budget, in the budget's unit
/// @param budget the budget
public record MixedPrecision(
    SequencedMap<String, Quantizer> layers, double score, double spent, double budget) {
  /// Combinations that are kept at once; more means costs that hardly ever coincide.
  private static final int MOST = 2_000_000;

  public MixedPrecision {
    layers = new LinkedHashMap<>(layers);
  }

  /// The layers as a fresh map.
  @Override
  public SequencedMap<String, Quantizer> layers() {
    return new LinkedHashMap<>(layers);
  }

  /// The best under `bits` bits per weight, averaged over all layers, scales included.
  public static MixedPrecision underBits(
      Sensitivity sensitivity, Sensitivity.Estimate by, double bits) {
    double weights =
        sensitivity.layers().stream()
            .mapToDouble(l -> sensitivity.of(l).getFirst().weights())
            .sum();
    return solve(sensitivity, by, row -> row.bits() * row.weights() / weights, bits);
  }

  /// The best under `seconds` of simulated time for `rows` inputs.
  public static MixedPrecision underTime(
      Sensitivity sensitivity,
      Sensitivity.Estimate by,
      CostOracle oracle,
      Optional<Quantizer> activations,
      int rows,
      double seconds) {
    return solve(sensitivity, by, row -> cost(oracle, row, activations, rows).seconds(), seconds);
  }

  /// The best under `joules` of simulated energy for `rows` inputs.
  public static MixedPrecision underEnergy(
      Sensitivity sensitivity,
      Sensitivity.Estimate by,
      CostOracle oracle,
      Optional<Quantizer> activations,
      int rows,
      double joules) {
    return solve(sensitivity, by, row -> cost(oracle, row, activations, rows).joules(), joules);
  }

  private static CostOracle.Cost cost(
      CostOracle oracle, Sensitivity.Row row, Optional<Quantizer> activations, int rows) {
    int outputs = Math.toIntExact(row.weights() / row.columns());
    return oracle.linear(rows, row.columns(), outputs, row.choice(), activations);
  }

  /// A combination of the layers so far.
  private record State(
      double cost,
      double score,
      @org.jspecify.annotations.Nullable State before,
      Sensitivity.Row row) {}

  /// The best under any cost.
  static MixedPrecision solve(
      Sensitivity sensitivity,
      Sensitivity.Estimate by,
      ToDoubleFunction<Sensitivity.Row> cost,
      double budget) {
    List<State> states = List.of();
    for (String layer : sensitivity.layers()) {
      Stop.poll("mixed precision");
      List<State> next = new ArrayList<>();
      for (Sensitivity.Row row : sensitivity.of(layer)) {
        double own = cost.applyAsDouble(row);
        double score = row.score(by);
        Check.argument(
            !Double.isNaN(score) && !Double.isNaN(own),
            "mixed precision: layer '%s' as %s has score %s and cost %s; both must be numbers",
            layer,
            row.choice().label(),
            score,
            own);
        if (states.isEmpty() && layer.equals(sensitivity.layers().getFirst())) {
          next.add(new State(own, score, null, row));
        }
        for (State state : states) {
          next.add(new State(state.cost() + own, state.score() + score, state, row));
        }
      }
      states = unbeaten(next, budget);
      Check.argument(
          !states.isEmpty(),
          "mixed precision: nothing fits into a budget of %s; the least is %s",
          budget,
          least(sensitivity, cost));
      Check.argument(
          states.size() <= MOST,
          "mixed precision: more than %d combinations remain; use fewer choices",
          MOST);
    }
    State best = states.stream().min(Comparator.comparingDouble(State::score)).orElseThrow();
    LinkedHashMap<String, Quantizer> chosen = new LinkedHashMap<>();
    for (State at = best; at != null; at = at.before()) {
      chosen.putFirst(at.row().layer(), at.row().choice());
    }
    return new MixedPrecision(chosen, best.score(), best.cost(), budget);
  }

  /// Those within the budget that no other beats in cost and score.
  private static List<State> unbeaten(List<State> states, double budget) {
    List<State> sorted = new ArrayList<>(states);
    sorted.sort(Comparator.comparingDouble(State::cost).thenComparingDouble(State::score));
    List<State> kept = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    for (State state : sorted) {
      if (state.cost() <= budget * (1 + 1e-12) && state.score() < least) {
        kept.add(state);
        least = state.score();
      }
    }
    return kept;
  }

  private static double least(Sensitivity sensitivity, ToDoubleFunction<Sensitivity.Row> cost) {
    return sensitivity.layers().stream()
        .mapToDouble(l -> sensitivity.of(l).stream().mapToDouble(cost).min().orElse(0))
        .sum();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "score %.4g, %.4g of a budget of %.4g%n", score, spent, budget));
    layers.forEach((name, quantizer) ->
        text.append(String.format(Locale.ROOT, "  %-36s %s%n", name, quantizer.label())));
    return text.toString();
  }
}
