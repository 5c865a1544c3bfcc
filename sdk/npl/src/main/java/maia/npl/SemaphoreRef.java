package maia.npl;

/// One member of a semaphore family.
///
/// @param name the family
/// @param index the member
/// @param home whose semaphore it is
public record SemaphoreRef(String name, Expr index, Home home) {
  /// Member `index` of the executing tile's own family.
  public static SemaphoreRef of(String name, Expr index) {
    return new SemaphoreRef(name, index, Home.OWN);
  }
}
