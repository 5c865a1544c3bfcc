package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Place;

/// Removes from a queue the registers nothing in it reads, and the loops and branches that are
/// empty without them.
final class Registers {
  private final Set<String> read = new HashSet<>();

  private Registers() {}

  static List<Instr> withoutUnread(List<Instr> body) {
    List<Instr> current = body;
    while (true) {
      Registers registers = new Registers();
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
        case Instr.Wait _, Instr.Signal _, Instr.Copy _, Instr.Mma _, Instr.MmaScaled _ ->
            out.add(instr);
        case Instr.Map _, Instr.Reduce _, Instr.Quantize _ -> out.add(instr);
      }
    }
    return out;
  }

  private void note(Instr instr) {
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
      case Place.Window window ->
          window
              .axes()
              .forEach(axis -> {
                note(axis.start());
                axis.low().ifPresent(this::note);
                axis.high().ifPresent(this::note);
              });
    }
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
