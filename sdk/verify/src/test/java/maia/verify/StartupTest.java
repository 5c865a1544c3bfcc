package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maia.lab.cells.Startup;
import org.junit.jupiter.api.Test;

/// What a shell or notebook imports before its first line.
class StartupTest {
  private static final List<String> EVERYDAY =
      List.of(
          "java.io",
          "java.math",
          "java.nio.file",
          "java.time",
          "java.util.function",
          "java.util.stream");

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

  /// A wildcard of ours would win over the module import that brings the JDK's.
  @Test
  void everydayNamesOfTheJdk_keepTheirMeaning() {
    for (JavaClass type : Rooms.CLASSES) {
      if (type.getModifiers().contains(JavaModifier.PUBLIC)
          && Startup.imports().contains("import " + type.getPackageName() + ".*;")) {
        for (String everyday : EVERYDAY) {
          String name = everyday + "." + type.getSimpleName();
          assertThat(isInTheJdk(name) && !Startup.imports().contains("import " + name + ";"))
              .as("%s hides %s", type.getName(), name)
              .isFalse();
        }
      }
    }
  }

  private static boolean isInTheJdk(String name) {
    try {
      ClassLoader platform = ClassLoader.getPlatformClassLoader();
      return Modifier.isPublic(Class.forName(name, false, platform).getModifiers());
    } catch (ClassNotFoundException _) {
      return false;
    }
  }

  private static boolean isInJavaLang(String name) {
    return ClassLoader.getPlatformClassLoader().getResource("java/lang/" + name + ".class") != null;
  }
}
