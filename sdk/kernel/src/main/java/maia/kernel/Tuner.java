package maia.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.tune.Candidate;
import maia.kernel.tune.Configuration;
import maia.kernel.tune.Trial;
import maia.kernel.tune.Tune;
import maia.kernel.tune.TuneResult;
import maia.machine.Machine;
import maia.npl.Estimate;
import maia.numerics.Array;

/// Tunes one launch: compiles every configuration, applies the rules, orders what is left by the
/// model and simulates the best.
final class Tuner {
  private final TunedKernel tuned;
  private final TunedLaunch launch;
  private final Launcher launcher;
  private final Machine machine;
  private final Tune tune;
  private final Object[] arguments;
  private final TuneMemory memory;

  /// A configuration on its way; position `index` of the grid.
  private record Entry(
      int index, String key, KernelCall call, Candidate candidate, double modelCycles) {}

  Tuner(TunedKernel tuned, TunedLaunch launch, Object... arguments) {
    this.tuned = tuned;
    this.launch = launch;
    this.launcher = launch.launcher();
    this.machine = launcher.machine();
    this.tune = tuned.tune();
    this.arguments = arguments;
    this.memory = new TuneMemory(tuned.known(), machine, launcher.timingBasis());
  }

  TuneResult result() {
    List<Configuration> configurations = tune.configurations();
    List<Trial> trials = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    for (Configuration configuration : configurations) {
      poll();
      trials.add(modelled(configuration, trials.size(), entries));
    }
    entries.sort(Comparator.comparingDouble(Entry::modelCycles).thenComparing(Entry::index));
    int simulatedNow = simulateBest(entries, trials);
    String key = entries.isEmpty() ? "" : key(entries.getFirst().call());
    return new TuneResult(
        tuned.kernel().name(),
        machine.name(),
        key,
        tune.axes(),
        trials,
        winner(trials),
        simulatedNow);
  }

  private void poll() {
    Stop.poll("tuning of '" + tuned.kernel().name() + "'");
  }

  /// Compiles one configuration; one that may be simulated is added to `entries`.
  private Trial modelled(Configuration configuration, int index, List<Entry> entries) {
    KernelCall call;
    Compiled compiled;
    try {
      call = launch.launch(configuration).call(KernelCall.Mode.TIMING_ONLY, arguments);
      compiled = Compiler.compile(call.func(), machine);
    } catch (KernelException refused) {
      String reason = String.valueOf(refused.getMessage()).lines().findFirst().orElse("");
      return new Trial(configuration, new Trial.Refused(reason));
    }
    Candidate candidate = new Candidate(configuration, machine, compiled.program(), sizes(call));
    for (int rule = 0; rule < tune.rules().size(); rule++) {
      if (!tune.rules().get(rule).test(candidate)) {
        return new Trial(configuration, new Trial.Pruned(candidate.sramBytes(), rule + 1));
      }
    }
    String key = memory.key(key(call), call.func());
    double cycles = memory.modelCycles(key, candidate, tune.model());
    entries.add(new Entry(index, key, call, candidate, cycles));
    return new Trial(configuration, new Trial.Modelled(candidate.sramBytes(), cycles));
  }

  /// Simulates the best entries within share and budget; returns how many were not known before.
  private int simulateBest(List<Entry> byModel, List<Trial> trials) {
    int most = (int) Math.ceil(tune.share() * byModel.size());
    long left = tune.instructions();
    int now = 0;
    for (int i = 0; i < most; i++) {
      poll();
      Entry entry = byModel.get(i);
      if (tune.instructions() < Long.MAX_VALUE) {
        left -= entry.candidate().estimate().instructions();
        if (left < 0 && i > 0) {
          break;
        }
      }
      Optional<TuneMemory.Measured> known = memory.measured(entry.key());
      TuneMemory.Measured measured = known.orElseGet(() -> measure(entry));
      now += known.isEmpty() ? 1 : 0;
      trials.set(
          entry.index(),
          new Trial(
              entry.candidate().configuration(),
              measured.outcome(entry.candidate(), entry.modelCycles())));
    }
    return now;
  }

  private TuneMemory.Measured measure(Entry entry) {
    Run run = launcher.launch(entry.call());
    var measured =
        new TuneMemory.Measured(run.cycles(), run.picoseconds(), run.joules(), run.bound());
    memory.keep(entry.key(), measured);
    return measured;
  }

  private int winner(List<Trial> trials) {
    int best = -1;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < trials.size(); i++) {
      long cycles = trials.get(i).cycles().orElse(Long.MAX_VALUE);
      if (cycles < least) {
        best = i;
        least = cycles;
      }
    }
    if (best < 0) {
      String reasons =
          trials.stream()
              .limit(5)
              .map(t -> "\n  " + t.configuration() + " " + t.verdict())
              .collect(Collectors.joining());
      throw new KernelException(
              Mistake.NOTHING_TO_TUNE,
              "tuning '%s' for %s: none of %d configurations may run; try smaller blocks or looser rules%s"
                  .formatted(tuned.kernel().name(), machine.name(), trials.size(), reasons),
              Origin.NONE)
          .without(Tracer::isOwn);
    }
    return best;
  }

  static Estimate.Sizes sizes(KernelCall call) {
    List<List<Long>> shapes =
        call.arrays().stream().map(a -> Arrays.stream(a.shape()).boxed().toList()).toList();
    List<Long> scalars = call.scalars().stream().map(Number::longValue).toList();
    return new Estimate.Sizes(shapes, scalars, call.grid());
  }

  /// What must be equal, besides the configuration, for a simulation to be used again.
  private String key(KernelCall call) {
    return tune.key().isEmpty() ? everything(call) : named(call);
  }

  private static String everything(KernelCall call) {
    StringBuilder key = new StringBuilder("grid " + call.grid());
    List<Func.Param> params = call.func().params();
    for (int i = 0; i < params.size(); i++) {
      Object argument = call.arguments().get(i);
      key.append("; ").append(params.get(i).name()).append(' ');
      if (argument instanceof Array array) {
        key.append(Arrays.toString(array.shape())).append(" strides ");
        key.append(Arrays.toString(array.strides()));
      } else if (argument instanceof Long integer) { // floats change no time
        key.append(integer);
      }
    }
    return key.toString();
  }

  private String named(KernelCall call) {
    Arguments by = new Arguments(new Kernel.Trace(call.func(), call.metas()), call.arguments());
    List<String> parts = new ArrayList<>();
    for (String name : tune.key()) {
      int dot = name.indexOf('.');
      String value =
          dot < 0
              ? String.valueOf(by.number(name))
              : String.valueOf(by.size(name.substring(0, dot), dimension(name, dot)));
      parts.add(name + "=" + value);
    }
    return String.join(" ", parts);
  }

  private static int dimension(String name, int dot) {
    Check.argument(
        name.substring(dot + 1).matches("\\d"),
        "tune: key '%s' is neither a scalar parameter nor a size such as a.0",
        name);
    return Integer.parseInt(name.substring(dot + 1));
  }
}
