package maia.lab.puzzle;

import java.util.List;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.kernel.Kernel;
import maia.lab.CellGrid;

/// A small problem in the kernel language. It shows as its task; [#check] judges a kernel.
public final class Puzzle implements Rich {
  private final int number;
  private final String name;
  private final String title;
  private final String text;
  private final String stub;
  private final List<String> hints;
  private final CellGrid picture;
  private final Task task;

  /// @param texts name, title, text, stub
  Puzzle(int number, List<String> texts, List<String> hints, CellGrid picture, Task task) {
    this.number = number;
    name = texts.get(0);
    title = texts.get(1);
    text = texts.get(2).strip();
    stub = texts.get(3).strip();
    this.hints = List.copyOf(hints);
    this.picture = picture;
    this.task = task;
  }

  /// The first problem set, easiest first: twelve puzzles.
  public static List<Puzzle> all() {
    return FirstSet.all();
  }

  /// The puzzle with this name, such as `add_ten`.
  public static Puzzle named(String name) {
    List<String> names = all().stream().map(Puzzle::name).toList();
    Check.argument(names.contains(name), "there is no puzzle '%s'; there are %s", name, names);
    return all().get(names.indexOf(name));
  }

  /// The place in the problem set, from 1.
  public int number() {
    return number;
  }

  /// The name, such as `add_ten`.
  public String name() {
    return name;
  }

  /// A few words.
  public String title() {
    return title;
  }

  /// What is to be computed, and on which grid.
  public String text() {
    return text;
  }

  /// Java source to start from.
  public String stub() {
    return stub;
  }

  /// What one program touches.
  public CellGrid picture() {
    return picture;
  }

  /// How many hints there are.
  public int hints() {
    return hints.size();
  }

  /// Hint `n`, from 1; later ones give more away.
  public String hint(int n) {
    Check.argument(
        n >= 1 && n <= hints.size(),
        "puzzle '%s' has hints 1 to %d, not %d",
        name,
        hints.size(),
        n);
    return hints.get(n - 1);
  }

  /// The most simulated cycles that give the second star.
  public long budget() {
    return task.budget();
  }

  /// Judges `solution`: its values on several shapes, ragged ones among them, every check of the
  /// simulator on; then its time on a larger one.
  public Verdict check(Kernel solution) {
    return new Checker(this, task, solution).verdict();
  }

  @Override
  public Map<String, String> mime() {
    String html =
        "<h4>%s</h4><p>%s</p><pre>%s</pre>"
            .formatted(escape(heading()), escape(text).replace("\n\n", "</p><p>"), escape(stub));
    return Rich.bundle("text/html", html, "text/plain", toString());
  }

  private String heading() {
    return "Puzzle %d: %s".formatted(number, title);
  }

  private static String escape(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /// Heading, task and stub.
  @Override
  public String toString() {
    return heading() + "\n\n" + text + "\n\n" + stub + "\n";
  }
}
