package maia.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import maia.base.Check;
import maia.kernel.interp.Evaluator;
import maia.kernel.interp.Interpretation;
import maia.kernel.interp.Interpreter;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.machine.Chip;

/// One program of a kernel in eager mode: the lambda runs on real numbers, every operation is
/// executed the moment it is reached, and a device loop calls its body once per iteration. A
/// breakpoint in the lambda stops there, and a tile prints its type and a corner of its elements.
///
/// Everything that compiling for Maia 200 refuses is refused here too. To find it, a branch that is
/// not taken is walked through as well, without executing anything: tiles have no values there.
public final class Eager {
  private final Kernel kernel;
  private final List<Integer> program;
  private final List<Integer> grid;
  private final Consumer<String> printer;

  Eager(Kernel kernel, int... program) {
    this(
        kernel,
        Arrays.stream(program).boxed().toList(),
        Arrays.stream(program).mapToObj(i -> i + 1).toList(),
        _ -> {});
    Check.argument(
        program.length >= 1
            && program.length <= 3
            && Arrays.stream(program).allMatch(i -> i >= 0 && i < Integer.MAX_VALUE),
        "eager of '%s': needs one to three program indices, got %s",
        kernel.name(),
        Arrays.toString(program));
  }

  private Eager(
      Kernel kernel, List<Integer> program, List<Integer> grid, Consumer<String> printer) {
    this.kernel = kernel;
    this.program = program;
    this.grid = grid;
    this.printer = printer;
  }

  /// This program as one of a grid with these sizes; without it, the grid ends with the program.
  public Eager grid(int... sizes) {
    List<Integer> list = Arrays.stream(sizes).boxed().toList();
    boolean fits = list.size() == program.size();
    for (int d = 0; fits && d < sizes.length; d++) {
      fits = program.get(d) < sizes[d];
    }
    Check.argument(
        fits, "eager of '%s': program %s is not one of the grid %s", kernel.name(), program, list);
    return new Eager(kernel, program, list, printer);
  }

  /// This program with `printer` called for each line that `k.print` prints, as it is printed.
  public Eager onPrint(Consumer<String> printer) {
    return new Eager(kernel, program, grid, printer);
  }

  /// Runs on arrays and numbers, in the order the kernel declares its parameters.
  public Interpretation run(Object... arguments) {
    Executed executed = execute(arguments);
    Compiler.compile(executed.func(), Chip.MAIA_200, grid);
    return executed.interpretation();
  }

  /// What happened, and what was recorded on the way.
  record Executed(Interpretation interpretation, Func func) {}

  /// Runs as far as the recorder has nothing against it.
  Executed execute(Object... arguments) {
    List<String> prints = new ArrayList<>();
    Evaluator evaluator =
        new Evaluator(
            grid,
            program,
            line -> {
              prints.add(line);
              printer.accept(line);
            });
    EagerDriver driver = new EagerDriver(kernel, evaluator, Arrays.asList(arguments));
    Kernel.Trace trace = walk(kernel.forArguments(Arrays.asList(arguments)), driver);
    if (driver.bound() != arguments.length) {
      throw KernelLaunch.error(
          "'%s' takes %d arguments, got %d", kernel.name(), driver.bound(), arguments.length);
    }
    return new Executed(
        new Interpretation(kernel.name(), 1, Interpreter.Checks.ON, prints), trace.func());
  }

  private static Kernel.Trace walk(Kernel chosen, EagerDriver driver) {
    try {
      return chosen.trace(driver);
    } catch (KernelException mistake) {
      throw mistake.without(name -> Tracer.isOwn(name) || Interpreter.isOwn(name));
    }
  }

  /// Such as `softmax in program [3]`.
  @Override
  public String toString() {
    return kernel + " in program " + program;
  }
}
