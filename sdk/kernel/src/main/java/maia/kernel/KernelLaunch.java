package maia.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.ServiceLoader;
import java.util.function.ToIntFunction;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.interp.Interpretation;
import maia.kernel.interp.Interpreter;
import maia.kernel.interp.Order;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.tune.Configuration;
import maia.machine.Chip;
import maia.npl.Endless;
import maia.npl.Estimate;
import maia.numerics.Array;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// A kernel on a grid, ready to run.
public final class KernelLaunch {
  private final Kernel kernel;
  private final List<ToIntFunction<Configuration>> grid;
  private final Optional<Launcher> launcher;

  KernelLaunch(Kernel kernel, int... grid) {
    this(kernel, constant(grid), Optional.empty());
    Check.argument(
        grid.length >= 1 && grid.length <= 3 && Arrays.stream(grid).allMatch(n -> n >= 1),
        "grid of '%s': needs one to three positive sizes, got %s",
        kernel.name(),
        Arrays.toString(grid));
  }

  KernelLaunch(Kernel kernel, List<ToIntFunction<Configuration>> grid) {
    this(kernel, grid, Optional.empty());
  }

  private KernelLaunch(
      Kernel kernel, List<ToIntFunction<Configuration>> grid, Optional<Launcher> launcher) {
    this.kernel = kernel;
    this.grid = List.copyOf(grid);
    this.launcher = launcher;
  }

  private static List<ToIntFunction<Configuration>> constant(int... sizes) {
    List<ToIntFunction<Configuration>> grid = new ArrayList<>();
    for (int size : sizes) {
      grid.add(_ -> size);
    }
    return grid;
  }

  /// The kernel.
  public Kernel kernel() {
    return kernel;
  }

  /// The grid's sizes, one to three; of a grid that follows from metas, those for the metas given
  /// so far.
  public List<Integer> grid() {
    return sizes(kernel.trace().metas());
  }

  private List<Integer> sizes(SequencedMap<String, Object> metas) {
    Configuration configuration = new Configuration(metas);
    List<Integer> sizes = grid.stream().map(size -> size.applyAsInt(configuration)).toList();
    if (sizes.stream().anyMatch(n -> n < 1)) {
      throw error(
          "grid of '%s': needs positive sizes, got %s for %s", kernel.name(), sizes, configuration);
    }
    double programs = sizes.stream().mapToDouble(n -> n).reduce(1, (a, b) -> a * b);
    if (programs > Endless.PROGRAMS) {
      throw error(
          "grid of '%s': %s are %.4g programs, at most %d are run; give each program a larger block, or several in a k.range",
          kernel.name(), sizes, programs, Endless.PROGRAMS);
    }
    return sizes;
  }

  /// This launch on a chosen launcher instead of the one found through [ServiceLoader].
  public KernelLaunch on(Launcher chosen) {
    return new KernelLaunch(kernel, grid, Optional.of(chosen));
  }

  /// Runs on arrays and numbers, in the order the kernel declares its parameters.
  public Run run(Object... arguments) {
    KernelCall call = call(KernelCall.Mode.COMPUTE, arguments);
    return launcher().launch(call);
  }

  /// Runs for time and energy only; arrays need a shape but no memory.
  public Run timing(Object... arguments) {
    KernelCall call = call(KernelCall.Mode.TIMING_ONLY, arguments);
    return launcher().launch(call);
  }

  /// How this launch runs: what [Kernel#explain] shows, and time, roofline and timeline from a run
  /// for time only; arrays need a shape but no memory.
  public Explanation explain(Object... arguments) {
    KernelCall call = call(KernelCall.Mode.TIMING_ONLY, arguments);
    Launcher chosen = launcher();
    Compiled compiled = Compiler.compile(call.func(), chosen.machine());
    Estimate estimate = Estimate.of(compiled.program(), chosen.machine(), Tuner.sizes(call));
    var sized = new Explanation.Sized(estimate, chosen.launch(call));
    return Explanation.of(compiled, chosen.machine(), Optional.of(sized));
  }

  /// Runs in the interpreter: values only, every access checked, on the calling thread. What does
  /// not compile for Maia 200 is refused here too.
  public Interpretation interpret(Object... arguments) {
    return interpret(Order.ASCENDING, arguments);
  }

  /// Runs in the interpreter, the programs in `order`: with `Order.seeded(s)`, their atomics come
  /// in another order for every `s`.
  public Interpretation interpret(Order order, Object... arguments) {
    KernelCall call = call(KernelCall.Mode.COMPUTE, arguments);
    Compiler.compile(call.func(), Chip.MAIA_200, call.grid());
    return call.interpret(Interpreter.Checks.ON, order);
  }

  /// Traces the kernel and binds the arguments, checked, without running.
  public KernelCall call(KernelCall.Mode mode, Object... arguments) {
    Kernel.Trace trace = kernel.forArguments(Arrays.asList(arguments)).trace();
    List<Func.Param> params = trace.func().params();
    if (arguments.length != params.size()) {
      throw error(
          "'%s' takes %d arguments %s, got %d",
          kernel.name(),
          params.size(),
          params.stream().map(Func.Param::name).toList(),
          arguments.length);
    }
    List<Object> bound = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      bound.add(bind(kernel, params.get(i), arguments[i], mode));
    }
    return new KernelCall(trace.func(), trace.metas(), sizes(trace.metas()), bound, mode);
  }

  private Launcher launcher() {
    return launcher.orElseGet(() -> present(kernel.name()));
  }

  /// The launcher found through [ServiceLoader].
  static Launcher present(String kernel) {
    return ServiceLoader.load(Launcher.class)
        .findFirst()
        .orElseThrow(() ->
            error(
                Mistake.NO_LAUNCHER,
                "no launcher is present to run '%s'; add the module maia.runtime, or"
                    + " choose one with .on(launcher)",
                kernel));
  }

  /// `argument` as the value of `param`, checked: an [Array], a [Float] or a [Long].
  static Object bind(Kernel kernel, Func.Param param, Object argument, KernelCall.Mode mode) {
    return switch (param) {
      case Func.ArrayParam p -> array(kernel, p, argument, mode);
      case Func.ScalarParam p -> number(kernel, p, argument);
    };
  }

  private static Array array(
      Kernel kernel, Func.ArrayParam param, Object argument, KernelCall.Mode mode) {
    if (!(argument instanceof Array array)) {
      throw error(
          "argument '%s' of '%s' must be an array of %s, got %s",
          param.name(), kernel.name(), param.type().label(), kind(argument));
    }
    if (!array.type().equals(param.type())) {
      throw error(
          "argument '%s' of '%s' must hold %s, holds %s; convert it, or choose the kernel for %s",
          param.name(),
          kernel.name(),
          param.type().label(),
          array.type().label(),
          array.type().label());
    }
    if (array.shape().length != param.rank()) {
      throw error(
          "argument '%s' of '%s' must have rank %d, has shape %s",
          param.name(), kernel.name(), param.rank(), Arrays.toString(array.shape()));
    }
    if (mode == KernelCall.Mode.COMPUTE && array.segment().equals(MemorySegment.NULL)) {
      throw error(
          "argument '%s' of '%s' has a shape but no memory; use .timing(...) for time and energy only",
          param.name(), kernel.name());
    }
    return array;
  }

  private static Number number(Kernel kernel, Func.ScalarParam param, Object argument) {
    if (!(argument instanceof Number number)) {
      throw error(
          "argument '%s' of '%s' must be a number, got %s",
          param.name(), kernel.name(), kind(argument));
    }
    if (param.type() == DType.F32) {
      return number.floatValue();
    }
    if (number.doubleValue() != number.longValue()) {
      throw error(
          "argument '%s' of '%s' must be an integer, got %s", param.name(), kernel.name(), number);
    }
    return number.longValue();
  }

  private static String kind(@Nullable Object argument) {
    return argument == null ? "null" : argument.getClass().getSimpleName();
  }

  static KernelException error(String format, Object... values) {
    return error(Mistake.WRONG_ARGUMENT, format, values);
  }

  private static KernelException error(Mistake mistake, String format, Object... values) {
    return new KernelException(mistake, String.format(Locale.ROOT, format, values), Origin.NONE)
        .without(Tracer::isOwn);
  }

  /// The kernel, and what a launch is for.
  @Override
  public String toString() {
    return kernel
        + " on its grid: run(arrays...) computes, timing(arrays...) takes its time, explain(arrays...)"
        + " shows what it becomes";
  }
}
