package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maia.lab.cells.Startup;
import org.junit.jupiter.api.Test;

/// What a shell or notebook imports before its first line.
class StartupTest {
  @Test
  void importedNames_areUnambiguous() {
    Map<String, List<String>> packagesByName = new TreeMap<>();
    for (JavaClass type : Rooms.CLASSES) {
      boolean visible = type.getModifiers().contains(JavaModifier.PUBLIC) && type.isTopLevelClass();
      boolean named = Startup.imports().contains("import " + type.getName() + ";"); // and so chosen
      if (visible
          && !named
          && Startup.imports().contains("import " + type.getPackageName() + ".*;")) {
        packagesByName
            .computeIfAbsent(type.getSimpleName(), name -> new ArrayList<>())
            .add(type.getPackageName());
      }
    }
    assertThat(packagesByName).containsKey("Kernel");
    assertThat(packagesByName)
        .allSatisfy((name, packages) -> {
          assertThat(packages).hasSize(1);
          assertThat(isInJavaLang(name)).as("java.lang.%s exists", name).isFalse();
        });
  }

  private static boolean isInJavaLang(String name) {
    return ClassLoader.getPlatformClassLoader().getResource("java/lang/" + name + ".class") != null;
  }
}
