package maia.lab.cli;

import java.util.List;
import maia.base.MaiaException;

/// The entry of the launcher: finds the command and turns its outcome into an exit code: 0 it
/// worked, 1 it failed, 2 wrong use.
public final class Main {
  private Main() {}

  /// Runs the command named by the first word and exits with its code.
  public static void main(String[] words) {
    System.exit(run(List.of(words)));
  }

  /// Runs the command named by the first word and returns the exit code.
  static int run(List<String> words) {
    try {
      if (words.isEmpty()) {
        throw new UsageException("no command given; ./maia --help lists the commands");
      }
      String name = words.getFirst();
      Command command =
          Commands.named(name)
              .orElseThrow(() ->
                  new UsageException(
                      "unknown command '%s'; ./maia --help lists the commands".formatted(name)));
      List<String> arguments = words.subList(1, words.size());
      return arguments.contains(Recorder.OPTION)
          ? Recorder.run(name, command.action(), arguments)
          : command.action().run(arguments);
    } catch (UsageException wrongUse) {
      System.err.println("maia: " + wrongUse.getMessage());
      return 2;
    } catch (MaiaException mistake) {
      System.err.println("maia: " + mistake.getMessage());
      return 1;
    } catch (Exception failure) {
      failure.printStackTrace();
      return 1;
    }
  }
}
