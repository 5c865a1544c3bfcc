package maia.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Check;
import maia.base.Origin;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.Program;
import maia.npl.Verifier;

/// Runs a program under many legal schedules and compares the bits of its results. A missing
/// ordering shows as an array whose values depend on the schedule.
///
/// The race and initialisation checks are off while it explores, so that the consequence of a
/// missing semaphore is seen, not only the rule it breaks; [Simulator#run] finds the mistake itself
/// under any schedule.
public final class Explore {
  private final Machine machine;

  private Explore(Machine machine) {
    this.machine = machine;
  }

  /// Explores on `machine`.
  public static Explore on(Machine machine) {
    return new Explore(machine);
  }

  /// One finished or refused run: per array the program writes, its values and who wrote them.
  private record Result(
      Schedule schedule,
      Map<Integer, ArrayValues> values,
      Optional<Simulation> run,
      Optional<NplException> refusal) {
    ArrayValues of(int array) {
      return Check.present(values.get(array), "Explore", array);
    }
  }

  /// Runs `program` eagerly, with late copies, and in `seeds` random orders (seeds 0 and up), each
  /// on the same arguments. Afterwards the arrays of the launch hold the eager results.
  public Exploration run(Program program, Launch launch, int seeds) {
    Check.argument(seeds >= 0, "explore: the number of seeds must not be negative, was %d", seeds);
    Check.argument(
        launch.options().values() == Options.Values.COMPUTE,
        "explore: compares values, the launch asks for timing only; use Options.defaults()");
    Verifier.verify(program, machine);
    Memento before = Memento.of(program, launch);
    Result eager = one(program, launch, Schedule.EAGER);
    Memento after = Memento.of(program, launch);
    var results = new ArrayList<Result>(List.of(eager));
    try {
      for (int i = -1; i < seeds; i++) {
        before.restore();
        results.add(one(program, launch, i < 0 ? Schedule.LATEST : Schedule.seeded(i)));
      }
    } finally {
      after.restore();
    }
    return new Exploration(
        program.name(),
        results.stream().map(r -> new Exploration.Outcome(r.schedule(), r.refusal())).toList(),
        differences(program, results));
  }

  private Result one(Program program, Launch launch, Schedule schedule) {
    Options options =
        launch.options().withSchedule(schedule).withChecks(Options.Checks.OFF).withTraceLimit(0);
    try {
      var simulation = new Simulation(program, machine, launch.with(options), true);
      simulation.run();
      var values = new LinkedHashMap<Integer, ArrayValues>();
      for (int i = 0; i < program.arrays().size(); i++) {
        if (program.arrays().get(i).access() != Program.Access.IN) {
          values.put(i, ArrayValues.of(simulation.binding.arrays[i]));
        }
      }
      return new Result(schedule, values, Optional.of(simulation), Optional.empty());
    } catch (NplException refusal) {
      return new Result(schedule, Map.of(), Optional.empty(), Optional.of(refusal));
    }
  }

  private static List<Exploration.Difference> differences(Program program, List<Result> results) {
    List<Result> finished = results.stream().filter(r -> r.refusal().isEmpty()).toList();
    var differences = new ArrayList<Exploration.Difference>();
    if (finished.isEmpty()) {
      return differences;
    }
    for (int array : finished.get(0).values().keySet()) {
      difference(program, array, finished).ifPresent(differences::add);
    }
    return differences;
  }

  private static Optional<Exploration.Difference> difference(
      Program program, int array, List<Result> results) {
    ArrayValues first = results.get(0).of(array);
    List<ArrayValues> others =
        results.stream().map(r -> r.of(array)).filter(v -> !v.isSame(first)).toList();
    int at = -1;
    long differing = 0;
    for (int i = 0; i < first.size() && !others.isEmpty(); i++) {
      int element = i;
      if (others.stream().anyMatch(v -> !v.isSame(first, element))) {
        at = at < 0 ? i : at;
        differing++;
      }
    }
    if (at < 0) {
      return Optional.empty();
    }
    var bound = results.get(0).run().orElseThrow().binding.arrays[array];
    return Optional.of(
        new Exploration.Difference(
            program.arrays().get(array).name(),
            index(bound.shape, at),
            differing,
            values(array, at, results)));
  }

  private static List<Long> index(long[] shape, long at) {
    var index = new ArrayList<Long>();
    long rest = at;
    for (int d = shape.length - 1; d >= 0; d--) {
      index.add(0, rest % shape[d]);
      rest /= shape[d];
    }
    return index;
  }

  private static List<Exploration.Value> values(int array, int at, List<Result> results) {
    var found = new ArrayList<Exploration.Value>();
    var open = new ArrayList<>(results);
    while (!open.isEmpty()) {
      Result one = open.get(0);
      ArrayValues value = one.of(array);
      List<Result> same = open.stream().filter(r -> r.of(array).isSame(value, at)).toList();
      open.removeAll(same);
      Origin writer = one.run().map(s -> s.writerOf(array, at)).orElse(Origin.NONE);
      found.add(
          new Exploration.Value(
              value.text(at), same.stream().map(Result::schedule).toList(), writer));
    }
    return found;
  }
}
