package maia.kernel;

import java.util.function.Supplier;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Follows a recording while it happens, and decides which lambdas of device control flow are
/// called and how often. Tracing calls each once and looks at no operation; an evaluator executes
/// every operation as it comes, calls a loop's body once per iteration and only one side of a
/// branch.
///
/// Every call arrives on the thread of the lambda, from within the user's call: what it throws
/// appears at the user's line.
interface Driver {
  /// Tracing.
  Driver TRACING = new Driver() {};

  /// `param` has been declared; parameters come in call order.
  default void declared(Func.Param param) {}

  /// `op`, which has no nested blocks, has been recorded. What its terms refer to came before it.
  /// Operations inside a combiner are not reported; the [Op.Fold] that holds them is.
  default void recorded(Op op) {}

  /// A loop begins; `head` has no body yet. Each call of `body` records one iteration whose index
  /// is `head.index()`.
  default void range(Op.Range head, Runnable body) {
    body.run();
  }

  /// A branch begins; `head` has no blocks yet. Each call records one side.
  default void when(Op.When head, Runnable then, Runnable otherwise) {
    then.run();
    otherwise.run();
  }

  /// A loop of unknown length begins. Each call of `condition` records the condition anew and
  /// returns what decides; each call of `body` records one iteration; `origin` is the user's line.
  default void loopWhile(Supplier<Term> condition, Runnable body, Origin origin) {
    Term _ = condition.get();
    body.run();
  }

  /// What a tile that stands for `value` prints as.
  default String text(Value value) {
    return value.type().toString();
  }
}
