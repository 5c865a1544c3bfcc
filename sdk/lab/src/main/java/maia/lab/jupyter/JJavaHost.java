package maia.lab.jupyter;

import java.util.Map;
import maia.base.Rich;
import maia.lab.Host;
import maia.lab.Viz;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.BaseNotebookStatics;

/// Display in our kernel and in every other on the base library of JJava. Found through
/// `META-INF/services`, so it installs itself.
public final class JJavaHost implements Host, Extension {
  /// Fails where the library is on the class path but no kernel runs.
  public JJavaHost() {
    BaseKernel.notebookKernel();
  }

  @Override
  public void install(BaseKernel kernel) {
    Viz.use(this);
  }

  @Override
  public void teach(Class<?> type) {
    BaseKernel.notebookKernel()
        .getRenderer()
        .createRegistration(type)
        .preferring("text/html")
        .register((value, context) ->
            Viz.mime(value)
                .forEach((mime, content) -> context.getOutputContainer().putData(mime, content)));
  }

  @Override
  public String display(Map<String, String> bundle) {
    flush();
    return BaseNotebookStatics.display((Rich) () -> bundle);
  }

  @Override
  public void update(String id, Map<String, String> bundle) {
    flush();
    BaseNotebookStatics.updateDisplay(id, (Rich) () -> bundle);
  }

  @Override
  public String name() {
    return "jjava";
  }

  /// What was printed before comes first on the page.
  private static void flush() {
    System.out.flush();
    System.err.flush();
  }
}
