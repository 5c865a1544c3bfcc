package maia.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.lower.GridMap;
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

  private record Key(Func func, Machine machine, GridMap map) {}

  private Compiler() {}

  /// The tile program of `func` on `machine`, for large grids. Equal functions are compiled once;
  /// what is kept of earlier results is an optimisation only and bounded.
  public static Compiled compile(Func func, Machine machine) {
    return compile(func, machine, GridMap.choose(func, machine, Optional.empty()));
  }

  /// As [#compile(Func, Machine)], for launches on `grid`: its sizes may decide how it is laid over
  /// the chip.
  public static Compiled compile(Func func, Machine machine, List<Integer> grid) {
    return compile(func, machine, GridMap.choose(func, machine, Optional.of(grid)));
  }

  private static Compiled compile(Func func, Machine machine, GridMap map) {
    Key key = new Key(func, machine, map);
    synchronized (CACHE) {
      Compiled known = CACHE.get(key);
      if (known != null) {
        return known;
      }
    }
    Compiled compiled =
        CompileCache.find(func, machine, map).orElseGet(() -> kept(func, machine, map));
    synchronized (CACHE) {
      CACHE.put(key, compiled);
    }
    return compiled;
  }

  private static Compiled kept(Func func, Machine machine, GridMap map) {
    Compiled compiled;
    try {
      compiled = compileAnew(func, machine, map);
    } catch (KernelException mistake) {
      throw mistake.without(Compiler::isOwn);
    }
    CompileCache.keep(compiled, machine, map);
    return compiled;
  }

  private static boolean isOwn(String className) {
    return className.startsWith("maia.kernel.lower.")
        || className.startsWith("maia.kernel.pass.")
        || className.equals(Compiler.class.getName())
        || Tracer.isOwn(className);
  }

  static Compiled compileAnew(Func func, Machine machine, GridMap map) {
    List<Stage> stages = new ArrayList<>(List.of(new Stage("trace", func.toString())));
    Func current =
        Passes.run(func, (pass, result) -> stages.add(new Stage(pass, result.toString())));
    Lowering.Result lowered = Lowering.lower(current, machine, map);
    stages.add(new Stage("mapping", lowered.mapping() + "\n"));
    stages.add(new Stage("npl", lowered.program().toString()));
    return new Compiled(func, stages, lowered.program(), lowered.memory());
  }
}
