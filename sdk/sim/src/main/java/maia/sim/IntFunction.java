package maia.sim;

/// An integer expression over the registers of a queue.
@FunctionalInterface
interface IntFunction {
  long of(long[] registers);
}
