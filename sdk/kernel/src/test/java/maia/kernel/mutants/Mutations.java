package maia.kernel.mutants;

import static maia.npl.NplException.Category.COVERAGE;
import static maia.npl.NplException.Category.DEADLOCK;
import static maia.npl.NplException.Category.OUT_OF_BOUNDS;
import static maia.npl.NplException.Category.RACE;
import static maia.npl.NplException.Category.SEMAPHORE;
import static maia.npl.NplException.Category.STRUCTURE;
import static maia.npl.NplException.Category.TYPE;
import static maia.npl.NplException.Category.UNINITIALISED_READ;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import maia.kernel.mutants.Listing.Line;
import maia.kernel.mutants.Mutant.Expect;
import maia.kernel.mutants.Mutant.Kind;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Place;
import maia.npl.Program;
import maia.npl.SemaphoreRef;

/// All single mistakes of a program.
final class Mutations {
  /// The line reports name when no instruction is to blame.
  private static final int DEFINITION = 1;

  private final Listing listing;
  private final List<Mutant> mutants = new ArrayList<>();

  private Mutations(Listing listing) {
    this.listing = listing;
  }

  static List<Mutant> of(Listing listing) {
    var mutations = new Mutations(listing);
    listing.lines.values().forEach(mutations::line);
    listing.program.buffers().forEach(mutations::shrink);
    mutations.aliases();
    return mutations.mutants;
  }

  private void add(Kind kind, Line line, String what, Program program, Expect expect) {
    String text = "%s: %s [line %d, %s]".formatted(kind, what, line.number(), line.queue());
    mutants.add(new Mutant(kind, text, program, expect.lines()));
  }

  private void line(Line line) {
    switch (line.instr()) {
      case Instr.Wait w -> waits(line, w);
      case Instr.Signal s -> signals(line, s);
      default -> {
        if (line.instr() instanceof Instr.Copy copy) {
          copy(line, copy);
        }
        if (line.isAccess()) {
          regions(line);
          windows(line);
        }
      }
    }
  }

  // ---- leaving out, in all iterations, the first, the last

  private void drop(Kind kind, Line line, Expect expect) {
    add(kind, line, "always", listing.edit(line.number(), _ -> List.of()), expect);
    line.loop()
        .ifPresent(loop -> {
          Expr i = Expr.reg(loop.variable());
          Expr notFirst = Expr.binary(Expr.Operator.NE, i, loop.from());
          Expr notLast = i.plus(loop.step()).lt(loop.to());
          add(kind, line, "in the first round", when(line, notFirst), expect);
          add(kind, line, "in the last round", when(line, notLast), expect);
        });
  }

  private Program when(Line line, Expr condition) {
    return listing.edit(
        line.number(),
        instr -> List.of(new Instr.When(condition, List.of(instr), List.of(), instr.origin())));
  }

  private void waits(Line line, Instr.Wait w) {
    String family = w.semaphore().name();
    Set<Integer> around = listing.accessesAround(family);
    Set<Integer> signals = listing.signals(family);
    drop(
        Kind.DROP_WAIT,
        line,
        new Expect().at(around, RACE, UNINITIALISED_READ).at(signals, SEMAPHORE));
    Expect stuck =
        new Expect().at(listing.waits(family), DEADLOCK, SEMAPHORE).at(signals, SEMAPHORE);
    add(Kind.REPEAT_WAIT, line, family, listing.edit(line.number(), i -> List.of(i, i)), stuck);
    member(line, w.semaphore(), around);
  }

  private void signals(Line line, Instr.Signal s) {
    String family = s.semaphore().name();
    Set<Integer> around = listing.accessesAround(family);
    Set<Integer> signals = listing.signals(family);
    drop(
        Kind.DROP_SIGNAL,
        line,
        new Expect().at(listing.waits(family), DEADLOCK, SEMAPHORE).at(signals, SEMAPHORE));
    add(
        Kind.REPEAT_SIGNAL,
        line,
        family,
        listing.edit(line.number(), i -> List.of(i, i)),
        new Expect().at(signals, SEMAPHORE).at(around, RACE, UNINITIALISED_READ));
    member(line, s.semaphore(), around);
  }

  private void member(Line line, SemaphoreRef ref, Set<Integer> around) {
    int count = listing.family(ref).count();
    if (count < 2) {
      return;
    }
    Expr other = ref.index().plus(1).rem(count);
    Program program = replace(line, 0, SemaphoreRef.class, r -> Rebuild.with(r, "index", other));
    Expect expect =
        new Expect()
            .at(listing.waits(ref.name()), DEADLOCK, SEMAPHORE)
            .at(listing.signals(ref.name()), SEMAPHORE)
            .at(around, RACE, UNINITIALISED_READ);
    add(Kind.OTHER_MEMBER, line, ref.name(), program, expect);
  }

  private void copy(Line line, Instr.Copy copy) {
    if (copy.to() instanceof Place.Window w) {
      var stores = new TreeSet<>(stores(w.array()));
      stores.add(DEFINITION);
      drop(Kind.OMIT_STORE, line, new Expect().at(stores, COVERAGE));
    } else if (copy.to() instanceof Place.Region r) {
      drop(
          Kind.SKIP_COPY,
          line,
          new Expect().at(listing.accesses(Set.of(r.buffer())), UNINITIALISED_READ));
    }
  }

  private Set<Integer> stores(String array) {
    return listing.numbers(line ->
        line.instr() instanceof Instr.Copy(_, Place.Window to, _, _) && to.array().equals(array));
  }

  // ---- regions and windows

  /// The program with the `nth` part of `type` in an instruction changed.
  private <T> Program replace(Line line, int nth, Class<T> type, UnaryOperator<T> change) {
    int[] seen = {0};
    return listing.edit(
        line.number(),
        instr ->
            List.of(
                (Instr)
                    Rebuild.map(
                        instr,
                        part ->
                            type.isInstance(part) && seen[0]++ == nth
                                ? change.apply(type.cast(part))
                                : part)));
  }

  private static <T> List<T> parts(Line line, Class<T> type) {
    var found = new ArrayList<T>();
    Rebuild.map(
        line.instr(),
        part -> {
          if (type.isInstance(part)) {
            found.add(type.cast(part));
          }
          return part;
        });
    return found;
  }

  private void regions(Line line) {
    List<Place.Region> regions = parts(line, Place.Region.class);
    for (int n = 0; n < regions.size(); n++) {
      Place.Region r = regions.get(n);
      Program.Buffer buffer = listing.buffer(r.buffer());
      Set<Integer> users = listing.accesses(Set.of(r.buffer()));
      if (buffer.slots() > 1) {
        Expr other = r.slot().plus(1).rem(buffer.slots());
        Program program =
            replace(
                line, n, Place.Region.class, old -> region(old, old.buffer(), other, old.start()));
        Expect expect = new Expect().at(users, RACE, UNINITIALISED_READ);
        add(Kind.SWAP_SLOT, line, r.buffer(), program, expect);
      }
      for (int d = 0; d < r.start().size(); d++) {
        var start = new ArrayList<>(r.start());
        start.set(d, start.get(d).plus(1));
        Program program =
            replace(
                line, n, Place.Region.class, old -> region(old, old.buffer(), old.slot(), start));
        Expect expect =
            new Expect()
                .at(Set.of(line.number()), OUT_OF_BOUNDS, STRUCTURE)
                .at(users, RACE, UNINITIALISED_READ);
        add(Kind.SHIFT_SLICE, line, r.buffer() + " in dimension " + d, program, expect);
      }
      other(line, n, r, buffer);
    }
  }

  private static Place.Region region(Place.Region r, String buffer, Expr slot, List<Expr> start) {
    return Rebuild.with(
        Rebuild.with(Rebuild.with(r, "buffer", buffer), "slot", slot), "start", start);
  }

  /// One operand in the place of another of the same form.
  private void other(Line line, int n, Place.Region r, Program.Buffer buffer) {
    for (Program.Buffer b : listing.program.buffers()) {
      if (!b.equals(buffer) && isAlike(b, buffer)) {
        Program program =
            replace(
                line, n, Place.Region.class, old -> region(old, b.name(), old.slot(), old.start()));
        add(
            Kind.ALIAS_BUFFERS,
            line,
            b.name() + " for " + r.buffer() + " in one operand",
            program,
            aliased(line, Set.of(b.name(), r.buffer())));
      }
    }
  }

  private Expect aliased(Line line, Set<String> buffers) {
    Set<Integer> users = new TreeSet<>(listing.accesses(buffers));
    users.add(line.number());
    return new Expect().at(users, RACE, UNINITIALISED_READ, STRUCTURE, TYPE, OUT_OF_BOUNDS);
  }

  private static boolean isAlike(Program.Buffer a, Program.Buffer b) {
    return a.type() == b.type() && a.shape().equals(b.shape()) && a.slots() >= b.slots();
  }

  private void windows(Line line) {
    List<Place.Window> windows = parts(line, Place.Window.class);
    for (int n = 0; n < windows.size(); n++) {
      Place.Window w = windows.get(n);
      for (int d = 0; d < w.axes().size(); d++) {
        int extent = w.axes().get(d).extent();
        for (int by : extent > 2 ? new int[] {1, extent / 2} : new int[] {1}) {
          shift(line, n, w, d, by);
        }
      }
    }
  }

  private void shift(Line line, int n, Place.Window w, int d, int by) {
    var axes = new ArrayList<>(w.axes());
    Place.Axis a = axes.get(d);
    axes.set(d, Rebuild.with(a, "start", a.start().plus(by)));
    Program program = replace(line, n, Place.Window.class, old -> Rebuild.with(old, "axes", axes));
    Set<Integer> stores = stores(w.array());
    Expect expect =
        new Expect()
            .at(Set.of(line.number()), OUT_OF_BOUNDS)
            .at(stores, COVERAGE, RACE)
            .at(listing.numbers(l -> l.arrays().contains(w.array())), RACE, UNINITIALISED_READ);
    add(
        Kind.SHIFT_SLICE,
        line,
        "%s in dimension %d by %d".formatted(w.array(), d, by),
        program,
        expect);
  }

  // ---- buffers

  private void shrink(Program.Buffer b) {
    if (b.slots() > 1) {
      shrink(b, Rebuild.with(b, "slots", b.slots() - 1));
    }
    for (int d = 0; d < b.shape().size(); d++) {
      if (b.shape().get(d) > 1) {
        var shape = new ArrayList<>(b.shape());
        shape.set(d, shape.get(d) - 1);
        shrink(b, Rebuild.with(b, "shape", shape));
      }
    }
  }

  private void shrink(Program.Buffer from, Program.Buffer to) {
    List<Program.Buffer> buffers =
        listing.program.buffers().stream().map(b -> b.equals(from) ? to : b).toList();
    Expect expect =
        new Expect().at(listing.accesses(Set.of(from.name())), OUT_OF_BOUNDS, STRUCTURE, TYPE);
    String what = "SHRINK_BUFFER: %s to %s x%d".formatted(to.name(), to.shape(), to.slots());
    Program program = listing.withBuffers(buffers, listing.program.queues());
    mutants.add(new Mutant(Kind.SHRINK_BUFFER, what, program, expect.lines()));
  }

  private void aliases() {
    List<Program.Buffer> all = listing.program.buffers();
    for (Program.Buffer kept : all) {
      for (Program.Buffer gone : all) {
        if (kept != gone && isAlike(kept, gone) && kept.space() == gone.space()) {
          alias(kept, gone);
        }
      }
    }
  }

  private void alias(Program.Buffer kept, Program.Buffer gone) {
    @SuppressWarnings("unchecked")
    var queues =
        (List<Program.Queue>)
            Rebuild.map(
                listing.program.queues(),
                part ->
                    part instanceof Place.Region r && r.buffer().equals(gone.name())
                        ? region(r, kept.name(), r.slot(), r.start())
                        : part);
    var buffers = new ArrayList<>(listing.program.buffers());
    buffers.remove(gone);
    Expect expect =
        new Expect()
            .at(
                listing.accesses(Set.of(kept.name(), gone.name())),
                RACE,
                UNINITIALISED_READ,
                STRUCTURE,
                TYPE);
    String what = "ALIAS_BUFFERS: %s is %s".formatted(gone.name(), kept.name());
    Program program = listing.withBuffers(buffers, queues);
    mutants.add(new Mutant(Kind.ALIAS_BUFFERS, what, program, expect.lines()));
  }
}
