package maia.numerics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Decides when the vector loops take over. Until C2 has compiled them, vector code runs thousands
/// of times slower than plain loops, which are fast at once. So plain loops do the work, and when
/// there has been enough work of a kind, a daemon thread runs the loops it needs on a few numbers
/// until they are compiled (decision 069). The results have the same bits either way.
final class WarmUp {
  /// Elements or multiply-adds after which vectors are worth compiling: some milliseconds of work.
  private static final long DEMAND = 1L << 21;

  /// The same for functions and conversions, which do more per element.
  private static final long ELEMENTS = 1L << 19;

  private static final Map<Kernels.Kind, Warming<Kernels>> KERNELS =
      all(
          Kernels.Kind.class,
          kind -> {
            long demand = kind.isFunction() ? ELEMENTS : DEMAND;
            return new Warming<>(
                new ScalarKernels(),
                demand,
                WarmUp::vectors,
                loops -> Exercise.compile(KernelsWarmUp.of(kind, loops)));
          });

  @SuppressWarnings(
      "OptionalMapToOptional") // empty while they warm up, none for ever without vectors
  private static final Map<MemoryLoops.Kind, Warming<Optional<MemoryLoops>>> MEMORY =
      all(
          MemoryLoops.Kind.class,
          kind ->
              new Warming<>(
                  Optional.empty(),
                  ELEMENTS,
                  () -> memoryLoops().map(Optional::of),
                  loops -> Exercise.compile(MemoryWarmUp.of(kind, loops.orElseThrow()))));

  private static final Warming<CodeLoops> CODES =
      new Warming<>(
          new PlainCodeLoops(),
          ELEMENTS,
          WarmUp::vectorCodes,
          loops -> Exercise.compile(CodesWarmUp.of(loops)));

  private WarmUp() {}

  private static <K extends Enum<K>, T> Map<K, Warming<T>> all(
      Class<K> kinds, Function<K, Warming<T>> of) {
    Map<K, Warming<T>> all = new EnumMap<>(kinds);
    for (K kind : kinds.getEnumConstants()) {
      all.put(kind, of.apply(kind));
    }
    return all;
  }

  /// The vector loops when those of this kind are ready, else the plain ones; `work` counts towards
  /// starting.
  static Kernels current(Kernels.Kind kind, long work) {
    return Objects.requireNonNull(KERNELS.get(kind)).current(work);
  }

  /// The same for conversions.
  static CodeLoops codes(long work) {
    return CODES.current(work);
  }

  /// The same for loops on memory, which have no plain form.
  static Optional<MemoryLoops> memory(MemoryLoops.Kind kind, long work) {
    return Objects.requireNonNull(MEMORY.get(kind)).current(work);
  }

  /// The loops on memory, compiled or not, where the module is there.
  static Optional<MemoryLoops> memoryLoops() {
    return hasVectors() ? Optional.of(new VectorMemoryLoops()) : Optional.empty();
  }

  /// The vector loops, compiled or not, where the module is there.
  static Optional<Kernels> vectors() {
    return hasVectors() ? Optional.of(new VectorKernels()) : Optional.empty();
  }

  /// The vector loops of conversions, compiled or not, where the module is there.
  static Optional<CodeLoops> vectorCodes() {
    return hasVectors() ? Optional.of(new VectorCodeLoops()) : Optional.empty();
  }

  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        && VectorKernels.isUsable();
  }

  /// Returns once all vector loops have taken over, if they ever will.
  static void await() throws InterruptedException {
    CODES.await();
    for (Warming<?> loops : KERNELS.values()) {
      loops.await();
    }
    for (Warming<?> loops : MEMORY.values()) {
      loops.await();
    }
  }
}
