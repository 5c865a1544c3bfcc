package maia.bench;

/// One way to compute a case: whose it is and one call of it.
///
/// @param name column of the table, such as `maia` or `openblas`
/// @param call computes the case once, into memory of its own or a fresh result
record Contender(String name, Runnable call) {
  /// The name of our second contender, whose results the garbage collector frees.
  static final String COLLECTED = "maia without a scope";
}
