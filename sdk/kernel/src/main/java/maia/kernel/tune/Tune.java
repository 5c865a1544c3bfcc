package maia.kernel.tune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Predicate;
import maia.base.Check;

/// What to try and how: the grid of configurations, rules that leave some out, the model that
/// orders the rest, the share that is simulated, and what makes a tuning valid for other sizes.
/// Immutable; each method returns a new object.
///
/// @param axes metas with the values to try, the first varies slowest
/// @param rules which candidates stay
/// @param model what orders them
/// @param share share of those that stay to simulate, above 0 up to 1; at least one is
/// @param instructions engine instructions to simulate at most, over all candidates, except that
///   the first is always simulated
/// @param key what must be equal for a tuning to be used again: names of scalar parameters, and
///   sizes as `array.dimension`, such as `a.0`; empty means every shape, stride and integer
public record Tune(
    List<Axis> axes,
    List<Predicate<Candidate>> rules,
    CostModel model,
    double share,
    long instructions,
    List<String> key) {
  /// A meta and the values to try.
  ///
  /// @param meta its name
  /// @param values in the order tried
  public record Axis(String meta, List<?> values) {
    public Axis {
      values = List.copyOf(values);
      Check.argument(!values.isEmpty(), "tune: meta '%s' has no values to try", meta);
      Check.argument(
          new LinkedHashSet<>(values).size() == values.size(),
          "tune: meta '%s' has a value twice: %s",
          meta,
          values);
    }
  }

  /// Configurations a grid may have.
  public static final int MOST = 100_000;

  public Tune {
    axes = List.copyOf(axes);
    rules = List.copyOf(rules);
    key = List.copyOf(key);
    Check.argument(
        share > 0 && share <= 1, "tune: keep needs a share above 0 up to 1, got %s", share);
    Check.argument(
        instructions > 0, "tune: the budget must be positive, got %d instructions", instructions);
    long count = axes.stream().mapToLong(a -> a.values().size()).reduce(1, Math::multiplyExact);
    Check.argument(
        count <= MOST, "tune: %d configurations are more than %d; try fewer values", count, MOST);
  }

  /// A grid of one integer meta.
  public static Tune grid(String meta, int... values) {
    return new Tune(List.of(), List.of(), CostModel.analytic(), 0.25, Long.MAX_VALUE, List.of())
        .and(meta, values);
  }

  /// This grid with one more integer meta: every combination is tried.
  public Tune and(String meta, int... values) {
    return axis(new Axis(meta, Arrays.stream(values).boxed().toList()));
  }

  /// This grid with one more meta, of an enum.
  @SafeVarargs
  public final <E extends Enum<E>> Tune and(String meta, E... values) {
    List<E> all = new ArrayList<>();
    for (E value : values) {
      all.add(value);
    }
    return axis(new Axis(meta, all));
  }

  private Tune axis(Axis axis) {
    Check.argument(
        axes.stream().noneMatch(a -> a.meta().equals(axis.meta())),
        "tune: meta '%s' is given twice; name each once",
        axis.meta());
    List<Axis> more = new ArrayList<>(axes);
    more.add(axis);
    return new Tune(more, rules, model, share, instructions, key);
  }

  /// Keeps only candidates for which `holds`.
  public Tune prune(Predicate<Candidate> holds) {
    List<Predicate<Candidate>> more = new ArrayList<>(rules);
    more.add(holds);
    return new Tune(axes, more, model, share, instructions, key);
  }

  /// Orders candidates by another model.
  public Tune model(CostModel other) {
    return new Tune(axes, rules, other, share, instructions, key);
  }

  /// Simulates this share of the candidates, the best by the model.
  public Tune keep(double part) {
    return new Tune(axes, rules, model, part, instructions, key);
  }

  /// Simulates at most this many engine instructions over all candidates.
  public Tune budget(long most) {
    return new Tune(axes, rules, model, share, most, key);
  }

  /// Uses a tuning again when these are equal: names of scalar parameters, or sizes such as `a.0`.
  public Tune key(String... names) {
    return new Tune(axes, rules, model, share, instructions, List.of(names));
  }

  /// Every configuration, the last axis varying fastest.
  public List<Configuration> configurations() {
    List<Configuration> all = List.of(new Configuration(new LinkedHashMap<>()));
    for (Axis axis : axes) {
      List<Configuration> longer = new ArrayList<>();
      for (Configuration one : all) {
        axis.values().forEach(value -> longer.add(one.with(axis.meta(), value)));
      }
      all = longer;
    }
    return List.copyOf(all);
  }
}
