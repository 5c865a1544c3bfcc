package maia.base;

/// Receives the progress of long work. Implementations decide where it shows.
@FunctionalInterface
public interface Progress {
  /// Progress that shows nowhere.
  Progress SILENT = (what, done, total) -> {};

  /// `done` of `total` steps of `what` are finished.
  void report(String what, long done, long total);
}
