package maia.lab.cells;

import java.lang.reflect.Method;
import java.util.Map;
import jdk.jshell.execution.LocalExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/// Sends snippets through a [CellThread]. The base class weaves a stop check into every method and
/// loop of a snippet, so stopping ends busy loops too.
///
/// The class and [#run] are public because the base class calls them by reflection.
public final class CellControl extends LocalExecutionControl {
  private static final Method RUN = runMethod();
  // the base class calls RUN on a new thread, which inherits the value
  private static final InheritableThreadLocal<CellThread> CURRENT = new InheritableThreadLocal<>();

  private final CellThread cells;

  private CellControl(CellThread cells) {
    this.cells = cells;
  }

  static ExecutionControlProvider provider(CellThread cells) {
    return new ExecutionControlProvider() {
      @Override
      public String name() {
        return "cells";
      }

      @Override
      public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
        return new CellControl(cells);
      }
    };
  }

  /// Runs the prepared snippet of the calling engine; returns nothing, since the base class would
  /// call `toString()` on a value.
  public static @Nullable Object run() throws Throwable {
    CURRENT.get().call();
    return null;
  }

  @Override
  protected String invoke(Method snippet) throws Exception {
    cells.prepare(snippet);
    CURRENT.set(cells);
    try {
      return super.invoke(RUN);
    } finally {
      CURRENT.remove();
    }
  }

  private static Method runMethod() {
    try {
      return CellControl.class.getMethod("run");
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("bug in CellControl: no method run", e);
    }
  }
}
