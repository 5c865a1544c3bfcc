package maia.lab.jupyter;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.UUID;
import maia.lab.Host;
import maia.lab.Viz;
import org.jspecify.annotations.Nullable;

/// Display in IJava 1.3. Everything goes by reflection: its jar brings its own copies of other
/// libraries, so it must not be on our class path. IJava loads no extensions; its start-up script
/// must call `maia.lab.Viz.host()`.
public final class IJavaHost implements Host {
  private static final String BASE = "io.github.spencerpark.jupyter.kernel.";

  private final Object kernel;
  private final Object renderer;
  private final Class<?> data;

  /// Fails where no IJava kernel runs.
  public IJavaHost() throws ReflectiveOperationException {
    Object running =
        Class.forName("io.github.spencerpark.ijava.IJava")
            .getMethod("getKernelInstance")
            .invoke(null);
    if (running == null) {
      throw new ClassNotFoundException("no IJava kernel runs in this JVM");
    }
    kernel = running;
    renderer = call(kernel, "getRenderer");
    data = Class.forName(BASE + "display.DisplayData");
  }

  @Override
  public void teach(Class<?> type) {
    try {
      Class<?> function = Class.forName(BASE + "display.RenderFunction");
      InvocationHandler render = (proxy, method, values) -> render(method, values);
      Object registration =
          renderer.getClass().getMethod("createRegistration", Class.class).invoke(renderer, type);
      registration =
          registration
              .getClass()
              .getMethod("preferring", String[].class)
              .invoke(registration, (Object) new String[] {"text/html"});
      registration
          .getClass()
          .getMethod("register", function)
          .invoke(
              registration,
              Proxy.newProxyInstance(function.getClassLoader(), new Class<?>[] {function}, render));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this IJava is not version 1.3", e);
    }
  }

  @Override
  public String display(Map<String, String> bundle) {
    try {
      Object content = data(bundle);
      String id = UUID.randomUUID().toString();
      data.getMethod("setDisplayId", String.class).invoke(content, id);
      kernel.getClass().getMethod("display", data).invoke(kernel, content);
      return id;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this IJava is not version 1.3", e);
    }
  }

  @Override
  public void update(String id, Map<String, String> bundle) {
    try {
      Object io = call(kernel, "getIO");
      Object display = io.getClass().getField("display").get(io);
      display
          .getClass()
          .getMethod("updateDisplay", String.class, data)
          .invoke(display, id, data(bundle));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this IJava is not version 1.3", e);
    }
  }

  @Override
  public String name() {
    return "ijava";
  }

  private @Nullable Object render(Method method, Object[] values)
      throws ReflectiveOperationException {
    if (!method.getName().equals("render")) {
      return method.getName().equals("hashCode") ? (Object) 0 : "maia.lab";
    }
    Object container = call(values[1], "getOutputContainer");
    Method put = data.getMethod("putData", String.class, Object.class);
    for (Map.Entry<String, String> form : Viz.mime(values[0]).entrySet()) {
      put.invoke(container, form.getKey(), form.getValue());
    }
    return null;
  }

  private Object data(Map<String, String> bundle) throws ReflectiveOperationException {
    Object content = data.getConstructor().newInstance();
    Method put = data.getMethod("putData", String.class, Object.class);
    for (Map.Entry<String, String> form : bundle.entrySet()) {
      put.invoke(content, form.getKey(), form.getValue());
    }
    return content;
  }

  private static Object call(Object target, String method) throws ReflectiveOperationException {
    return target.getClass().getMethod(method).invoke(target);
  }
}
