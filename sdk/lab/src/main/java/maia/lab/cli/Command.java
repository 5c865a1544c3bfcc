package maia.lab.cli;

import java.util.List;

/// A command of the launcher, `./maia NAME`. Its one-line description stands in `help.txt`, which
/// the launcher prints and checks without starting a JVM.
///
/// @param name the word after `./maia`
/// @param action what it does
public record Command(String name, Action action) {
  /// What a command does.
  @FunctionalInterface
  public interface Action {
    /// Runs with the words after the command; returns the exit code.
    int run(List<String> arguments) throws Exception;
  }
}
