package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// IJava 1.3.0 brings Gson 2.8.5 in front of ours: what a notebook may call must live with it.
class OlderGsonTest {
  private static final Path JAR = Path.of("target", "older-gson", "gson-2.8.5.jar");

  /// Only the command line and our own kernel use these, never a notebook under another kernel.
  private static final List<String> OUTSIDE_NOTEBOOKS =
      List.of("maia.lab.notebook", "maia.lab.jupyter");

  @Test
  void callsOfGson_existInTheOneOfIJava() throws Exception {
    assertThat(JAR).as("copied by the build before the tests").exists();
    List<String> missing = new ArrayList<>();
    long calls = 0;
    try (var old =
        new URLClassLoader(new URL[] {JAR.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      for (CodeUnitCallTarget target : gsonCalls().toList()) {
        calls++;
        if (!isIn(old, target)) {
          missing.add(target.getFullName());
        }
      }
    }
    assertThat(calls).as("calls of Gson").isGreaterThan(20);
    assertThat(missing).as("not in Gson 2.8.5").isEmpty();
  }

  private static Stream<CodeUnitCallTarget> gsonCalls() {
    return Rooms.CLASSES.stream()
        .filter(c -> OUTSIDE_NOTEBOOKS.stream().noneMatch(c.getPackageName()::startsWith))
        .flatMap(c -> c.getCodeUnitCallsFromSelf().stream())
        .<CodeUnitCallTarget>map(call -> call.getTarget())
        .filter(target -> target.getOwner().getPackageName().startsWith("com.google.gson"));
  }

  private static boolean isIn(ClassLoader old, CodeUnitCallTarget target) {
    try {
      Class<?> owner = old.loadClass(target.getOwner().getName());
      List<String> types = target.getRawParameterTypes().stream().map(t -> t.getName()).toList();
      return target.getName().equals("<init>")
          ? Stream.of(owner.getConstructors())
              .anyMatch(c -> names(c.getParameterTypes()).equals(types))
          : Stream.of(owner.getMethods())
              .anyMatch(m ->
                  m.getName().equals(target.getName())
                      && m.getReturnType().getName().equals(target.getRawReturnType().getName())
                      && names(m.getParameterTypes()).equals(types));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static List<String> names(Class<?>[] types) {
    return Stream.of(types).map(Class::getName).toList();
  }
}
