package maia.lab;

import java.util.List;
import java.util.Map;

/// Where output goes. Adapters for kernels are found by class name, so none of them is needed to
/// run.
public interface Host {
  /// Shows a bundle of MIME type to content; returns the name under which it can be replaced.
  String display(Map<String, String> bundle);

  /// Replaces what was shown under `id`.
  void update(String id, Map<String, String> bundle);

  /// The host in one word.
  String name();

  /// Makes values of this type show through [Viz#mime] when they are the last line of a cell.
  default void teach(Class<?> type) {}

  /// The kernel this JVM runs in, or the console.
  static Host find() {
    List<List<String>> known =
        List.of(
            List.of("org.dflib.jjava.jupyter.kernel.BaseKernel", "maia.lab.jupyter.JJavaHost"),
            List.of("io.github.spencerpark.ijava.IJava", "maia.lab.jupyter.IJavaHost"));
    for (List<String> pair : known) {
      try {
        Class.forName(pair.getFirst(), false, Host.class.getClassLoader());
        return Class.forName(pair.getLast())
            .asSubclass(Host.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException | LinkageError notThisOne) {
        // the next may be it
      }
    }
    return new Console();
  }
}
