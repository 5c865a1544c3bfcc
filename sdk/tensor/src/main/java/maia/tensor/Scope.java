package maia.tensor;

import maia.numerics.Memory;
import maia.numerics.MemoryScope;

/// A stretch of one thread's work whose tensors are freed together at its end: an optimisation, for
/// without it the garbage collector frees them. Made by [Tensor#scope]. What comes next gets their
/// memory while the caches still hold it, so a loop whose body is a scope can be several times
/// faster.
///
/// ```java
/// Tensor best;
/// try (var scope = Tensor.scope()) {
///   Tensor scores = x.matmul(w).softmax(1); // freed at the end
///   best = scope.keep(scores.amax(1));      // lives on
/// }
/// ```
///
/// Using a freed tensor is refused, and no other thread may be using it at the end. What must
/// outlive the scope, such as parameters, gradients and the state of optimisers, is made before it
/// or kept.
public final class Scope implements AutoCloseable {
  private final MemoryScope memory = Memory.scope();

  Scope() {}

  /// A copy of `x`, outside any graph, that outlives every scope.
  public Tensor keep(Tensor x) {
    return Memory.outsideScopes(() -> Autograd.noGrad(() -> x.detach().clone()));
  }

  /// Bytes that the scope's tensors take.
  public long bytes() {
    return memory.bytes();
  }

  /// Frees the tensors of this scope. Only the thread that opened it may, inner scopes first.
  @Override
  public void close() {
    memory.close();
  }
}
