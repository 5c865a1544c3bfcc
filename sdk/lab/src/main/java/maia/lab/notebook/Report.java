package maia.lab.notebook;

import java.util.List;

/// What came of running a notebook.
///
/// @param file the name of the notebook
/// @param cells code cells in it
/// @param ran code cells that ran
/// @param problems what is wrong, in the order found; empty when every cell did what the file says
public record Report(String file, int cells, int ran, List<String> problems) {
  public Report {
    problems = List.copyOf(problems);
  }

  /// Whether every cell did what the file says.
  public boolean isOk() {
    return problems.isEmpty();
  }

  /// The problems, then one line of summary.
  @Override
  public String toString() {
    String summary =
        "%s: %d code cells, %d run, %s".formatted(file, cells, ran, isOk() ? "ok" : "FAILED");
    return isOk() ? summary : String.join("\n", problems) + "\n" + summary;
  }
}
