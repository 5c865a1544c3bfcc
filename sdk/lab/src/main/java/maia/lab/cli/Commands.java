package maia.lab.cli;

import java.util.List;
import java.util.Optional;

/// The commands of the launcher. `build`, `help` and `run FILE.java` are done by the launcher
/// script itself.
final class Commands {
  static final List<Command> ALL =
      List.of(
          new Command("quickstart", QuickstartCommand::run),
          new Command("shell", Shell::run),
          new Command("lab", Jupyter::run),
          new Command("run", RunFile::run),
          new Command("cost", CostCommand::run),
          new Command("generate", GenerateCommand::run),
          new Command("rerun", RerunCommand::run),
          new Command("new", NewProject::run),
          new Command("docs", DocsCommand::run),
          new Command("bundle", Bundle::run),
          new Command("doctor", Doctor::run),
          new Command("uninstall", Uninstall::run));

  private Commands() {}

  static Optional<Command> named(String name) {
    return ALL.stream().filter(command -> command.name().equals(name)).findFirst();
  }
}
