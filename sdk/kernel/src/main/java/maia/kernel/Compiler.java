package maia.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.lower.Lowering;
import maia.kernel.pass.Passes;
import maia.machine.Machine;

/// From a recorded function to a tile program. Results are kept in memory, and on disk when the
/// machine has a place for caches ([maia.base.CacheFolder]); several threads may compile at once.
public final class Compiler {
  private static final int KEPT = 256;
  private static final Map<Key, Compiled> CACHE =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Compiled> eldest) {
          return size() > KEPT;
        }
      };

  private record Key(Func func, Machine machine) {}

  private Compiler() {}

  /// The tile program of `func` on `machine`. Equal functions are compiled once; what is kept of
  /// earlier results is an optimisation only and bounded.
  public static Compiled compile(Func func, Machine machine) {
    Key key = new Key(func, machine);
    synchronized (CACHE) {
      Compiled known = CACHE.get(key);
      if (known != null) {
        return known;
      }
    }
    Compiled compiled = CompileCache.find(func, machine).orElseGet(() -> kept(func, machine));
    synchronized (CACHE) {
      CACHE.put(key, compiled);
    }
    return compiled;
  }

  private static Compiled kept(Func func, Machine machine) {
    Compiled compiled;
    try {
      compiled = compileAnew(func, machine);
    } catch (KernelException mistake) {
      throw mistake.without(Compiler::isOwn);
    }
    CompileCache.keep(compiled, machine);
    return compiled;
  }

  private static boolean isOwn(String className) {
    return className.startsWith("maia.kernel.lower.")
        || className.startsWith("maia.kernel.pass.")
        || className.equals(Compiler.class.getName())
        || Tracer.isOwn(className);
  }

  static Compiled compileAnew(Func func, Machine machine) {
    List<Stage> stages = new ArrayList<>(List.of(new Stage("trace", func.toString())));
    Func current =
        Passes.run(func, (pass, result) -> stages.add(new Stage(pass, result.toString())));
    Lowering.Result lowered = Lowering.lower(current, machine);
    stages.add(new Stage("npl", lowered.program().toString()));
    return new Compiled(func, stages, lowered.program(), lowered.memory());
  }
}
