package maia.npl;

import maia.base.MaiaException;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// A mistake in a tile program, found while it is built, parsed, verified or simulated.
public final class NplException extends MaiaException {
  private static final long serialVersionUID = 1L;

  /// What kind of rule was broken.
  public enum Category {
    SYNTAX,
    STRUCTURE,
    TYPE,
    CAPACITY,
    OUT_OF_BOUNDS,
    UNINITIALISED_READ,
    RACE,
    DEADLOCK,
    SEMAPHORE,
    COVERAGE,
    ASSERTION,
    NOT_BUILT,
  }

  private final Category category;

  /// A mistake of `category` at `origin`.
  public NplException(Category category, String message, Origin origin) {
    this(category, message, origin, null);
  }

  /// A mistake with a second place, given as an exception made there.
  public NplException(
      Category category, String message, Origin origin, @Nullable Throwable secondPlace) {
    super(message, origin, secondPlace);
    this.category = category;
  }

  /// The rule's category.
  public Category category() {
    return category;
  }
}
