package maia.sim;

/// An integer expression over the registers of a queue.
@FunctionalInterface
interface IntFunction {
  long of(long[] registers);

  /// The same in every state.
  record Constant(long value) implements IntFunction {
    @Override
    public long of(long[] registers) {
      return value;
    }
  }
}
