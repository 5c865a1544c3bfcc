package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Lookup;
import maia.npl.Place;
import org.jspecify.annotations.Nullable;

/// Removes from a queue the registers nothing in it reads, and the loops and branches that are
/// empty without them.
final class Registers {
  private final Set<String> read = new HashSet<>();
  private final List<Instr> whole;
  private @Nullable Instr skipped;

  private Registers(List<Instr> whole) {
    this.whole = whole;
  }

  static List<Instr> withoutUnread(List<Instr> body) {
    List<Instr> current = body;
    while (true) {
      Registers registers = new Registers(current);
      registers.read.add(Builtin.PROGRAM); // traces and checks between programs read it
      current.forEach(registers::note);
      List<Instr> next = registers.kept(current);
      if (next.equals(current)) {
        return current;
      }
      current = next;
    }
  }

  private List<Instr> kept(List<Instr> body) {
    List<Instr> out = new ArrayList<>();
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Set set -> {
          if (read.contains(set.register())) {
            out.add(set);
          }
        }
        case Instr.Repeat r -> {
          List<Instr> inner = kept(r.body());
          if (!inner.isEmpty()) {
            out.add(new Instr.Repeat(r.variable(), r.from(), r.to(), r.step(), inner, r.origin()));
          }
        }
        case Instr.When w -> {
          List<Instr> then = kept(w.then());
          List<Instr> otherwise = kept(w.otherwise());
          if (!then.isEmpty() || !otherwise.isEmpty()) {
            out.add(new Instr.When(w.condition(), then, otherwise, w.origin()));
          }
        }
        case Instr.Load load -> {
          if (read.contains(load.register())) {
            out.add(load);
          }
        }
        case Instr.While w -> {
          if (isWorthwhile(w)) {
            out.add(new Instr.While(kept(w.condition()), w.test(), kept(w.body()), w.origin()));
          }
        }
        case Instr.Irregular _ -> out.add(instr);
        case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _ ->
            out.add(instr);
        case Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> out.add(instr);
      }
    }
    return out;
  }

  /// Whether a loop does more than find out how often it runs: it has an instruction of an engine,
  /// or a register that is read outside.
  private boolean isWorthwhile(Instr.While loop) {
    Set<String> written = new HashSet<>();
    if (works(loop.condition(), written) || works(loop.body(), written)) {
      return true;
    }
    Registers outside = new Registers(whole);
    outside.skipped = loop;
    outside.read.add(Builtin.PROGRAM);
    whole.forEach(outside::note);
    return written.stream().anyMatch(outside.read::contains);
  }

  private static boolean works(List<Instr> body, Set<String> written) {
    boolean works = false;
    for (Instr instr : body) {
      works |=
          switch (instr) {
            case Instr.Set set -> {
              written.add(set.register());
              yield false;
            }
            case Instr.Load load -> {
              written.add(load.register());
              yield false;
            }
            case Instr.Repeat r -> works(r.body(), written);
            case Instr.When w -> anyWorks(w.then(), w.otherwise(), written);
            case Instr.While w -> anyWorks(w.condition(), w.body(), written);
            case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _ -> true;
            case Instr.MmaScaled _, Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> true;
            case Instr.Irregular _ -> true;
          };
    }
    return works;
  }

  /// Looks at both, whatever the first one says.
  private static boolean anyWorks(List<Instr> first, List<Instr> second, Set<String> written) {
    boolean works = works(first, written);
    return works(second, written) || works;
  }

  /// The registers that `load` instructions of a queue write, nested ones included.
  static Set<String> loaded(List<Instr> body) {
    Set<String> loaded = new HashSet<>();
    for (Instr instr : body) {
      switch (instr) {
        case Instr.Load load -> loaded.add(load.register());
        case Instr.Repeat r -> loaded.addAll(loaded(r.body()));
        case Instr.When w -> {
          loaded.addAll(loaded(w.then()));
          loaded.addAll(loaded(w.otherwise()));
        }
        case Instr.While w -> {
          loaded.addAll(loaded(w.condition()));
          loaded.addAll(loaded(w.body()));
        }
        case Instr.Set _, Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _ -> {}
        case Instr.MmaScaled _, Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> {}
        case Instr.Irregular _ -> {}
      }
    }
    return loaded;
  }

  private void note(Instr instr) {
    if (instr == skipped) {
      return;
    }
    switch (instr) {
      case Instr.Set set -> noteUnless(set.register(), set.value());
      case Instr.Repeat r -> {
        note(r.from());
        note(r.to());
        note(r.step());
        r.body().forEach(this::note);
      }
      case Instr.When w -> {
        note(w.condition());
        w.then().forEach(this::note);
        w.otherwise().forEach(this::note);
      }
      case Instr.Copy c -> {
        note(c.from());
        note(c.to());
      }
      case Instr.Mma m -> {
        List.of(m.acc(), m.a(), m.b()).forEach(this::note);
        note(m.clear());
      }
      case Instr.MmaScaled m -> {
        List.of(m.acc(), m.a(), m.aScale(), m.b(), m.bScale()).forEach(this::note);
        note(m.clear());
      }
      case Instr.Map m -> {
        note(m.out());
        note(m.value());
      }
      case Instr.Reduce r -> {
        note(r.out());
        note(r.value());
      }
      case Instr.Quantize q -> List.of(q.elements(), q.scales(), q.in()).forEach(this::note);
      case Instr.Load load -> note(load.from());
      case Instr.While w -> {
        w.condition().forEach(this::note);
        note(w.test());
        w.body().forEach(this::note);
      }
      case Instr.Irregular i -> {
        i.read().forEach(this::note);
        i.written().forEach(this::note);
        i.lanes().forEach(this::note);
        i.lookup().ifPresent(this::note);
      }
      case Instr.Wait w -> note(w.semaphore().index());
      case Instr.Signal s -> note(s.semaphore().index());
    }
  }

  /// A register that only counts itself on is not read.
  private void noteUnless(String register, Expr value) {
    boolean before = read.contains(register);
    note(value);
    if (!before) {
      read.remove(register);
    }
  }

  private void note(Place place) {
    switch (place) {
      case Place.Region region -> {
        note(region.slot());
        region.start().forEach(this::note);
        region.limits().forEach(limit -> limit.ifPresent(this::note));
      }
      case Place.Window window -> window.axes().forEach(this::note);
    }
  }

  private void note(Lookup lookup) {
    for (Lookup.Coordinate c : lookup.at()) {
      if (c instanceof Lookup.Run(var axis)) {
        note(axis);
      }
    }
  }

  private void note(Place.Axis axis) {
    note(axis.start());
    axis.low().ifPresent(this::note);
    axis.high().ifPresent(this::note);
  }

  private void note(Lane lane) {
    switch (lane) {
      case Lane.In in -> note(in.region());
      case Lane.Index i -> note(i.value());
      case Lane.Const _, Lane.Scalar _, Lane.Iota _ -> {}
      case Lane.Unary u -> note(u.x());
      case Lane.Binary b -> {
        note(b.x());
        note(b.y());
      }
      case Lane.Fma f -> {
        note(f.x());
        note(f.y());
        note(f.z());
      }
      case Lane.Select s -> {
        note(s.condition());
        note(s.x());
        note(s.y());
      }
      case Lane.Cast c -> note(c.x());
      case Lane.Bitcast b -> note(b.x());
      case Lane.Pick p -> {
        note(p.region());
        p.index().forEach(this::note);
      }
      case Lane.Philox p -> {
        note(p.seed());
        note(p.offset());
      }
      case Lane.Param _ -> {}
    }
  }

  private void note(Expr expr) {
    switch (expr) {
      case Expr.Reg(var name) -> read.add(name);
      case Expr.Binary(_, var left, var right) -> {
        note(left);
        note(right);
      }
      case Expr.Const _, Expr.Size _, Expr.Scalar _ -> {}
    }
  }
}
