package maia.kernel;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.tune.Configuration;
import maia.kernel.tune.Tune;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;

/// A kernel: a name, the lambda that says what one program does, and the metas it is specialised
/// with. Immutable; `with` and `grid` return new objects.
public final class Kernel {
  private final String name;
  private final Origin.Frame definition;
  private final Consumer<KernelContext> body;
  private final Map<String, Object> metas;
  private final List<Function<Arguments, Map<String, Object>>> heuristics;

  private Kernel(
      String name,
      Origin.Frame definition,
      Consumer<KernelContext> body,
      Map<String, Object> metas,
      List<Function<Arguments, Map<String, Object>>> heuristics) {
    this.name = name;
    this.definition = definition;
    this.body = body;
    this.metas = Collections.unmodifiableMap(metas);
    this.heuristics = List.copyOf(heuristics);
  }

  /// A kernel; `body` is called once per trace.
  public static Kernel define(String name, Consumer<KernelContext> body) {
    Check.argument(isName(name), "'%s' is not a kernel name: use letters, digits and _", name);
    return new Kernel(name, Origin.caller(Tracer.OWN), body, Map.of(), List.of());
  }

  static boolean isName(String name) {
    return name.matches("[A-Za-z_][A-Za-z_0-9]*");
  }

  /// `a / b` rounded up: programs needed to cover `a` elements, `b` at a time.
  public static int cdiv(long a, long b) {
    return Math.toIntExact(Math.ceilDiv(a, b));
  }

  /// The smallest power of two that is at least `n`.
  public static int nextPow2(long n) {
    Check.argument(n >= 1 && n <= 1 << 30, "nextPow2: needs 1 to 2^30, was %d", n);
    return n == 1 ? 1 : Math.toIntExact(Long.highestOneBit(n - 1) << 1);
  }

  /// The name.
  public String name() {
    return name;
  }

  /// The metas given so far.
  public Map<String, Object> metas() {
    return metas;
  }

  /// This kernel with an integer meta.
  public Kernel with(String meta, int value) {
    return withValue(meta, value);
  }

  /// This kernel with a truth-value meta.
  public Kernel with(String meta, boolean value) {
    return withValue(meta, value);
  }

  /// This kernel with a number meta.
  public Kernel with(String meta, double value) {
    return withValue(meta, value);
  }

  /// This kernel with an enum meta.
  public Kernel with(String meta, Enum<?> value) {
    return withValue(meta, value);
  }

  /// This kernel with a block-format meta.
  public Kernel with(String meta, BlockFormat value) {
    return withValue(meta, value);
  }

  Kernel withValue(String meta, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(metas);
    more.put(meta, value);
    return new Kernel(name, definition, body, more, heuristics);
  }

  /// This kernel with metas that follow from the arguments of each launch, such as `a ->
  /// Map.of("BLOCK", nextPow2(a.size("x", 1)))`. A meta given with `with` or chosen by a tuning
  /// stays; of several heuristics, a later one sees what the earlier ones set.
  public Kernel heuristic(Function<Arguments, Map<String, Object>> rule) {
    List<Function<Arguments, Map<String, Object>>> more = new ArrayList<>(heuristics);
    more.add(rule);
    return new Kernel(name, definition, body, metas, more);
  }

  /// This kernel with the metas its heuristics choose for `arguments`.
  Kernel forArguments(List<?> arguments) {
    Kernel current = this;
    for (Function<Arguments, Map<String, Object>> rule : heuristics) {
      Map<String, Object> chosen = rule.apply(new Arguments(current.trace(), arguments));
      for (String meta : new TreeSet<>(chosen.keySet())) {
        if (!metas.containsKey(meta)) {
          current = current.withValue(meta, Check.present(chosen.get(meta), "Kernel", meta));
        }
      }
    }
    return current;
  }

  /// This kernel with its metas chosen at each launch by simulating the most promising
  /// configurations of `tune`.
  public TunedKernel autotune(Tune tune) {
    return new TunedKernel(this, tune);
  }

  /// This kernel on a grid of one to three dimensions.
  public KernelLaunch grid(int... sizes) {
    return new KernelLaunch(this, sizes);
  }

  /// One program of this kernel, by one to three indices, to be executed operation by operation as
  /// the lambda runs.
  public Eager eager(int... program) {
    return new Eager(this, program);
  }

  /// This kernel on a grid whose sizes, one to three, follow from the metas of each launch, those
  /// of heuristics included.
  @SafeVarargs
  public final KernelLaunch grid(ToIntFunction<Configuration>... sizes) {
    Check.argument(
        sizes.length >= 1 && sizes.length <= 3,
        "grid of '%s': needs one to three sizes, got %d",
        name,
        sizes.length);
    List<ToIntFunction<Configuration>> dimensions = new ArrayList<>();
    for (ToIntFunction<Configuration> size : sizes) {
      dimensions.add(size);
    }
    return new KernelLaunch(this, dimensions);
  }

  /// A kernel specialised: the recorded function and every meta with the value in force.
  public record Trace(Func func, SequencedMap<String, Object> metas) {
    public Trace {
      metas = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metas));
    }
  }

  /// Calls the lambda once and returns what it recorded.
  public Trace trace() {
    return trace(Driver.TRACING);
  }

  /// Calls the lambda once; `driver` follows.
  Trace trace(Driver driver) {
    Metas values = new Metas(metas);
    Tracer tracer = new Tracer(name, definition, values, driver);
    body.accept(tracer);
    values.checkAllDeclared(tracer);
    return new Trace(tracer.func(), values.declared());
  }

  /// This kernel, after tracing it twice: refuses a lambda that records something else the second
  /// time, because it depends on more than its metas.
  public Kernel checkPure() {
    Func first = trace().func();
    Func second = trace().func();
    if (!first.equals(second)) {
      throw new KernelException(
              Mistake.NOT_PURE,
              "kernel '%s' is not pure: tracing it twice gives '%s', then '%s'; use nothing in it that changes between calls"
                  .formatted(name, differing(first, second), differing(second, first)),
              Origin.NONE)
          .without(Tracer::isOwn);
    }
    return this;
  }

  /// The first line of `one` that `other` does not have in its place.
  private static String differing(Func one, Func other) {
    List<String> a = one.toString().lines().toList();
    List<String> b = other.toString().lines().toList();
    for (int i = 0; i < a.size(); i++) {
      if (i >= b.size() || !a.get(i).equals(b.get(i))) {
        return a.get(i).strip();
      }
    }
    return "nothing more";
  }

  /// How this kernel runs on Maia 200.
  public Explanation explain() {
    return explain(Chip.MAIA_200);
  }

  /// How this kernel runs on `machine`: source lines, intermediate form, queues, memory, DMAs. With
  /// sizes, [KernelLaunch#explain] adds time and timeline.
  public Explanation explain(Machine machine) {
    return Explanation.of(Compiler.compile(trace().func(), machine), machine, Optional.empty());
  }

  /// The name and the metas given.
  @Override
  public String toString() {
    return metas.isEmpty() ? name : name + metas;
  }
}
