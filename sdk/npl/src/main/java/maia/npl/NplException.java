package maia.npl;

import maia.base.MaiaException;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// A mistake in a tile program, found while it is built, parsed, verified or simulated.
public final class NplException extends MaiaException {
  private static final long serialVersionUID = 1L;

  /// What kind of rule was broken: the catalogue of mistakes in tile programs. Messages end with
  /// the code; the page `ERRORS.md` explains it with an example.
  public enum Category {
    /// N101.
    SYNTAX(
        "N101",
        "the text of a tile program has the form that printing gives it",
        "`Npl.parse(program.toString())` gives the program again. Names are declared before they are used."),
    /// N102.
    STRUCTURE(
        "N102",
        "an instruction stands on the queue of its engine, and its operands fit each other",
        "Shapes, ranks, names, counts of parameters and arguments: what can be seen without running, and integer expressions of the control processors."),
    /// N103.
    TYPE(
        "N103",
        "an instruction takes the element types of its engine, and integers stay in theirs",
        "Cast on the vector processor; use a wider integer where sums grow."),
    /// N104.
    CAPACITY(
        "N104",
        "buffers, accumulators and semaphores fit into the tile and the cluster",
        "The message holds the memory map. Make boxes smaller, or keep fewer slots."),
    /// N201.
    OUT_OF_BOUNDS(
        "N201",
        "every element, slot and semaphore an instruction touches exists",
        "What can be seen without running is refused when the program is verified, the rest when the instruction is issued."),
    /// N202.
    UNINITIALISED_READ(
        "N202",
        "what is read was written before, and not handed back since",
        "Wait for the copy that fills a slot. A slot is empty again when the signal that frees it was given."),
    /// N203.
    RACE(
        "N203",
        "two accesses to one place, one of them a write, are ordered",
        "Within a program by a queue or a semaphore, between programs by nothing but atomics. The report does not depend on the timing of the run."),
    /// N204.
    DEADLOCK(
        "N204",
        "some queue can always move",
        "The message lists what every queue waits for, and names the semaphore whose waits and signals do not match."),
    /// N205.
    SEMAPHORE(
        "N205",
        "waits and signals match",
        "No count rises above its maximum, and at the end all stand where they began."),
    /// N206.
    COVERAGE(
        "N206",
        "an output is written completely",
        "Store every element, or declare the array in_out to keep what it held."),
    /// N207.
    ASSERTION(
        "N207",
        "a condition that the program states about itself holds",
        "`assert` carries your message; `assume` is a hint that the compiler was given."),
    /// N208.
    ENDLESS(
        "N208",
        "a loop ends",
        "A loop over a condition goes round at most 2^16 times, one over a range at most 2^26 times. A tile runs its programs one after the other: a program that spins until a later one of the same tile has done its atomic waits for ever."),
    /// N301.
    NOT_BUILT(
        "N301",
        "what is asked for is part of the model",
        "The message names what is not; a run for time only cannot follow data.");

    private final String code;
    private final String rule;
    private final String explanation;

    Category(String code, String rule, String explanation) {
      this.code = code;
      this.rule = rule;
      this.explanation = explanation;
    }

    /// The stable code, such as `N203`.
    public String code() {
      return code;
    }

    /// What must hold.
    public String rule() {
      return rule;
    }

    /// More about the rule, and what to do.
    public String explanation() {
      return explanation;
    }
  }

  private final Category category;

  /// A mistake of `category` at `origin`.
  public NplException(Category category, String message, Origin origin) {
    this(category, message, origin, null);
  }

  /// A mistake with a second place, given as an exception made there.
  public NplException(
      Category category, String message, Origin origin, @Nullable Throwable secondPlace) {
    super(message + " [" + category.code() + "]", origin, secondPlace);
    this.category = category;
  }

  private NplException(Origin origin, Category category, String place) {
    super(place, origin, null);
    this.category = category;
  }

  /// The exception that stands for a second place, to be given as a cause; it carries no code.
  public static NplException place(Category category, String what, Origin origin) {
    return new NplException(origin, category, what);
  }

  /// The stable code, such as `N203`.
  public String code() {
    return category.code();
  }

  /// The rule's category.
  public Category category() {
    return category;
  }
}
