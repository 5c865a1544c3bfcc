package maia.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.base.Stop;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Block;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;

/// The operations recorded so far: open blocks, values and whether they are used, and the places in
/// the user's code.
final class Recording {
  /// Far above what a tile holds, and below what the host could not either.
  private static final long MOST_ELEMENTS = 1L << 26;

  private final Tracer tracer;
  private final Driver driver;
  private final String kernel;
  private final Origin.Frame definition;
  private final List<Region> open = new ArrayList<>(List.of(new Region(Region.Kind.KERNEL)));
  private final Map<Value, Made> results = new LinkedHashMap<>();
  private final Map<Value, String> verbs = new LinkedHashMap<>();
  private final Set<Value> used = new HashSet<>();
  private final Map<Value, Term> terms = new LinkedHashMap<>();
  private final Map<Value, Term> literals = new LinkedHashMap<>();
  private final Map<Value, Integer> promised = new LinkedHashMap<>();
  private int nextId;

  Recording(Tracer tracer, String kernel, Origin.Frame definition, Driver driver) {
    this.tracer = tracer;
    this.driver = driver;
    this.kernel = kernel;
    this.definition = definition;
  }

  String kernel() {
    return kernel;
  }

  /// The kernel's operations; refuses results that nothing uses.
  Block finished() {
    for (Made made : results.values()) {
      String verb = verbs.get(made.value());
      if (verb != null && !used.contains(made.value())) {
        throw new KernelException(
                Mistake.RESULT_UNUSED,
                ("result of %s at line %d is never used; use or store it (a tile itself never changes), or"
                        + " did you mean `acc.set(...)`?")
                    .formatted(verb, made.line()),
                origin(made.frame()),
                KernelException.place(verb + " was made here", made.frame(), null))
            .without(Tracer::isOwn);
      }
    }
    return open.getFirst().block();
  }

  // ---- places and errors

  Origin origin(Origin.Frame frame) {
    return Origin.of(kernel, definition, frame);
  }

  Origin.Frame here() {
    return Origin.caller(Tracer.OWN);
  }

  KernelException error(Mistake mistake, String format, Object... values) {
    return new KernelException(mistake, format.formatted(values), origin(here()))
        .without(Tracer::isOwn);
  }

  KernelException mismatch(Mistake mistake, String message, Made a, Made b) {
    KernelException right = KernelException.place(describe("right", b), b.frame(), null);
    KernelException left = KernelException.place(describe("left", a), a.frame(), right);
    return new KernelException(mistake, message, origin(here()), left).without(Tracer::isOwn);
  }

  /// A mistake with the place where `made` came from as its cause.
  KernelException about(Mistake mistake, Made made, String message) {
    KernelException place =
        KernelException.place(
            "%s was made here".formatted(made.value().type()), made.frame(), null);
    return new KernelException(mistake, message, origin(here()), place).without(Tracer::isOwn);
  }

  private static String describe(String side, Made made) {
    return "the %s operand, %s, was made here".formatted(side, made.value().type());
  }

  // ---- blocks

  boolean isTop() {
    return open.size() == 1;
  }

  void open(Region region) {
    open.add(region);
  }

  void close() {
    open.removeLast();
  }

  /// Appends an operation without nested blocks.
  void add(Op op) {
    Stop.poll("tracing");
    open.getLast().ops.add(op);
    if (open.stream().noneMatch(r -> r.kind == Region.Kind.COMBINER)) {
      driver.recorded(op);
    }
  }

  /// Appends an operation whose nested blocks have been recorded.
  void addNested(Op op) {
    open.getLast().ops.add(op);
  }

  Driver driver() {
    return driver;
  }

  // ---- values

  Made define(Type type, Origin.Frame frame) {
    long elements = 1;
    for (int size : type.shape()) {
      elements *= size; // at most 2^26 times 2^31
      if (elements > MOST_ELEMENTS) {
        throw error(
            Mistake.OUT_OF_MEMORY,
            "a tile %s is larger than any memory of a tile: at most %d elements; make blocks"
                + " smaller, or go over them with k.range",
            type,
            MOST_ELEMENTS);
      }
    }
    return new Made(tracer, new Value(nextId++, type), open.getLast(), frame);
  }

  /// Records an element-wise operation; `verb` names it should its result stay unused.
  Made record(String verb, Term term, List<Made> operands) {
    Made made = leaf(term, operands);
    return result(verb, made);
  }

  /// Records a value that may stay unused.
  Made leaf(Term term) {
    return leaf(term, List.of());
  }

  private Made leaf(Term term, List<Made> operands) {
    operands.forEach(this::use);
    Origin.Frame frame = here();
    Made made = define(term.type(), frame);
    add(new Op.Map(made.value(), term, origin(frame)));
    describe(made.value(), term);
    return made;
  }

  /// Says that `made` must be used.
  Made result(String verb, Made made) {
    results.put(made.value(), made);
    verbs.put(made.value(), verb);
    return made;
  }

  /// Says that tiles of a helper with several results need not be used.
  void mayStayUnused(Tile... tiles) {
    for (Tile tile : tiles) {
      verbs.remove(tile.made.value());
    }
  }

  /// A constant operand; it belongs to the trace but to no operation.
  Made literal(Term term) {
    Made made = define(term.type(), here());
    literals.put(made.value(), term);
    return made;
  }

  /// How operations refer to a value: a constant by itself, everything else by its number.
  Term termOf(Value value) {
    return literals.getOrDefault(value, Term.of(value));
  }

  /// Notes that `value` is promised to be a multiple of `n`.
  void promiseMultiple(Value value, int n) {
    promised.merge(value, n, Math::max);
  }

  /// What [#promiseMultiple] noted, 1 when nothing was promised.
  int promised(Value value) {
    return promised.getOrDefault(value, 1);
  }

  /// Notes what a value is made of.
  void describe(Value value, Term term) {
    terms.put(value, term);
  }

  /// What values are made of, where they are element-wise.
  Map<Value, Term> terms() {
    return terms;
  }

  /// Checks that `made` belongs here and notes that it is used.
  Made use(Made made) {
    if (made.trace() != tracer) {
      throw error(
          Mistake.OTHER_TRACE,
          "a tile of another trace (%s, made at line %d of '%s') is used here; make it inside this"
              + " kernel",
          made.value().type(),
          made.line(),
          made.trace().recording().kernel);
    }
    if (!open.contains(made.region())) {
      throw new KernelException(
              Mistake.USED_OUTSIDE,
              "a tile made inside %s at line %d is used outside it; hold it in `k.var(...)`"
                  .formatted(made.region().kind.text, made.line()),
              origin(here()),
              KernelException.place("it was made here", made.frame(), null))
          .without(Tracer::isOwn);
    }
    used.add(made.value());
    return made;
  }
}
