package maia.kernel;

import java.util.List;
import java.util.function.Supplier;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.interp.Evaluator;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Executes each operation as it is recorded. A branch that is not taken and the body of a loop
/// that never runs are recorded too, silently, so that everything the compiler refuses is found.
final class EagerDriver implements Driver {
  private final Kernel kernel;
  private final Evaluator evaluator;
  private final List<Object> arguments;
  private int bound;
  private int silent;

  EagerDriver(Kernel kernel, Evaluator evaluator, List<Object> arguments) {
    this.kernel = kernel;
    this.evaluator = evaluator;
    this.arguments = arguments;
  }

  /// How many parameters have been declared.
  int bound() {
    return bound;
  }

  @Override
  public void declared(Func.Param param) {
    if (bound == arguments.size()) {
      throw KernelLaunch.error(
          "'%s' takes more than the %d arguments given: '%s' has none",
          kernel.name(), arguments.size(), param.name());
    }
    Object argument = arguments.get(bound++);
    evaluator.bind(param, KernelLaunch.bind(kernel, param, argument, KernelCall.Mode.COMPUTE));
  }

  @Override
  public void recorded(Op op) {
    if (silent == 0) {
      evaluator.execute(op);
    }
  }

  @Override
  public void range(Op.Range head, Runnable body) {
    if (silent > 0) {
      body.run();
      return;
    }
    long to = evaluator.scalar(head.to(), head.origin());
    long step = evaluator.scalar(head.step(), head.origin());
    if (step == 0) {
      throw evaluator.stands(head.origin());
    }
    boolean ran = false;
    long i = evaluator.scalar(head.from(), head.origin());
    evaluator.enter(i, to, step, head.origin());
    while (step > 0 ? i < to : i > to) {
      iteration(head.index(), i, body);
      ran = true;
      if (step > 0 ? i > Long.MAX_VALUE - step : i < Long.MIN_VALUE - step) {
        break; // beyond 64 bits and so beyond the end
      }
      i += step;
    }
    if (!ran) {
      silently(body);
    }
  }

  private void iteration(Value index, long i, Runnable body) {
    Stop.poll("eager mode");
    int mark = evaluator.mark();
    evaluator.define(index, i);
    body.run();
    evaluator.forget(mark);
  }

  @Override
  public void when(Op.When head, Runnable then, Runnable otherwise) {
    if (silent > 0) {
      then.run();
      otherwise.run();
      return;
    }
    boolean holds = evaluator.scalar(head.condition(), head.origin()) != 0;
    branch(then, holds);
    branch(otherwise, !holds);
  }

  private void branch(Runnable body, boolean taken) {
    if (taken) {
      int mark = evaluator.mark();
      body.run();
      evaluator.forget(mark);
    } else {
      silently(body);
    }
  }

  @Override
  public void loopWhile(Supplier<Term> condition, Runnable body, Origin origin) {
    if (silent > 0) {
      Term _ = condition.get();
      body.run();
      return;
    }
    boolean ran = false;
    int mark = evaluator.mark();
    for (long round = 1; evaluator.scalar(condition.get(), origin) != 0; round++) {
      Stop.poll("eager mode");
      evaluator.again(round, origin);
      body.run();
      evaluator.forget(mark);
      ran = true;
    }
    evaluator.forget(mark);
    if (!ran) {
      silently(body);
    }
  }

  private void silently(Runnable body) {
    silent++;
    body.run();
    silent--;
  }

  @Override
  public String text(Value value) {
    return evaluator.text(value).orElseGet(() -> value.type() + ", not computed here");
  }
}
