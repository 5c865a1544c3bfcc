package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The whole library over ragged shapes: simulator, interpreter and eager mode give the same bits.
class AgreementTest {
  static List<LibraryCases.Case> cases() {
    return LibraryCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void libraryKernel_raggedShape_sameBitsInThreeModes(LibraryCases.Case c) {
    Modes.agree(c.launch(), Chip.TOY, c.arguments());
  }

  @Test
  void table_hasEveryKernelOfTheLibrary() throws Exception {
    Set<String> tested =
        cases().stream().map(c -> c.launch().kernel().name()).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>(libraryKernels());
    assertThat(missing).hasSizeGreaterThan(40);
    missing.removeAll(tested);
    assertThat(missing).isEmpty();
  }

  /// The names of all public kernels of the package.
  private static Set<String> libraryKernels() throws Exception {
    Set<String> names = new TreeSet<>();
    for (Class<?> type : libraryClasses()) {
      for (var field : type.getFields()) {
        if (Modifier.isStatic(field.getModifiers()) && field.getType() == Kernel.class) {
          names.add(((Kernel) field.get(null)).name());
        }
      }
    }
    return names;
  }

  private static List<Class<?>> libraryClasses() throws IOException {
    URI place = URI.create(Matmul.class.getResource("Matmul.class").toString());
    try (Stream<Path> files = Files.list(Path.of(place).getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class"))
          .<Class<?>>map(AgreementTest::load)
          .filter(type -> Modifier.isPublic(type.getModifiers()))
          .toList();
    }
  }

  private static Class<?> load(String file) {
    try {
      String name = Matmul.class.getPackageName() + "." + file.replace(".class", "");
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
