package maia.runtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.runtime.Conformance;
import maia.runtime.conformance.Draw.Kind;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.testkit.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Holds the table of operations against the host: for every line its rule, over element types and
/// shapes. With `-Dconformance.device=true` over all of them, else over one pair of each case,
/// another from case to case.
class ConformanceTest {
  private static final Path PAGE = Path.of("CONFORMANCE.md");
  private static final boolean IS_FULL = Boolean.getBoolean("conformance.device");
  private static final Conformance TABLE = Conformance.table();
  private static final Map<String, String> RULES =
      TABLE.lines().stream()
          .collect(Collectors.toMap(Conformance.Line::name, Conformance.Line::rule, (a, b) -> a));

  private static final List<Case> CASES =
      Stream.of(ElementCases.all(), ArrayCases.all(), NetworkCases.all())
          .flatMap(List::stream)
          .toList();

  static List<Case> cases() {
    return CASES;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operation_onTheChip_keepsTheRuleOfItsLine(Case test) {
    assertThat(RULES).containsKey(test.row());
    List<String> wrong = new ArrayList<>();
    int number = CASES.indexOf(test);
    for (Draw draw : draws(test, number)) {
      Agreement.of(test, draw, RULES.get(test.row())).ifPresent(wrong::add);
    }
    assertThat(wrong).isEmpty();
  }

  /// Types times shapes, or one pair that differs from case to case.
  private static List<Draw> draws(Case test, int number) {
    List<Draw> draws = new ArrayList<>();
    if (IS_FULL) {
      for (DType type : test.types()) {
        for (Kind kind : test.kinds()) {
          draws.add(new Draw(kind, type, number));
        }
      }
      return draws;
    }
    DType type = test.types().get(number % test.types().size());
    Kind kind = test.kinds().get((1 + number) % test.kinds().size());
    return List.of(new Draw(kind, type, number));
  }

  @Test
  void everyLineWithARule_hasACase() {
    Set<String> tried = cases().stream().map(Case::row).collect(Collectors.toSet());
    assertThat(
            TABLE.lines().stream()
                .filter(l -> l.rule().startsWith("bits") || l.rule().startsWith("within"))
                .filter(l -> !l.family().equals("views"))
                .map(Conformance.Line::name))
        .allMatch(tried::contains);
  }

  @Test
  void everyOperationOfRoomTensor_hasALine() throws Exception {
    Set<String> named =
        TABLE.lines().stream().map(Conformance.Line::op).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (Class<?> type : operations()) {
      Class<?> outer = type.getEnclosingClass();
      String name =
          outer == null ? type.getSimpleName() : outer.getSimpleName() + "." + type.getSimpleName();
      if (!named.contains(name)) {
        missing.add(name);
      }
    }
    assertThat(missing).isEmpty();
  }

  private static List<Class<?>> operations()
      throws IOException, URISyntaxException, ClassNotFoundException {
    URI place = Op.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    Path path = Path.of(place);
    if (Files.isDirectory(path)) {
      return operations(path);
    }
    try (FileSystem jar = FileSystems.newFileSystem(path)) {
      return operations(jar.getPath("/"));
    }
  }

  private static List<Class<?>> operations(Path root) throws IOException, ClassNotFoundException {
    List<Class<?>> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(root.resolve("maia/tensor"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.startsWith("package-info")) {
          Class<?> type = Class.forName("maia.tensor." + name.substring(0, name.length() - 6));
          boolean isConcrete = !type.isInterface() && !Modifier.isAbstract(type.getModifiers());
          if (Op.class.isAssignableFrom(type) && isConcrete) {
            found.add(type);
          }
        }
      }
    }
    return found;
  }

  @Test
  void page_saysWhatTheTableSays() {
    Golden.check(PAGE, TABLE.markdown());
  }

  @Test
  void doubles_areRefusedByName_withTheWayOut() {
    Tensor x = Tensor.full(1, DType.F64, 2).to(Device.maia());
    assertThatThrownBy(x::exp)
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "maia:0 cannot run 'exp': the kernel takes floating-point types of at most 32 bits, got f64; run it on"
                + " the host explicitly: x.to(Device.cpu()), the operation, then to(maia:0)");
    assertThatThrownBy(() -> Tensor.ones(2).to(Device.maia()).to(DType.F64))
        .isInstanceOf(TensorException.class)
        .hasMessageStartingWith(
            "maia:0 cannot run 'cast': the chip has no f64; run it on the host");
  }

  @Test
  void integerProduct_beyond64Bits_stopsTheRun() {
    Tensor x = Tensor.ofLongs(Long.MAX_VALUE, Long.MAX_VALUE).to(Device.maia());
    assertThatThrownBy(() -> x.matmul(x)).hasMessageContaining("long overflow");
  }

  @Test
  void indexOutsideATensor_stopsTheRun() {
    Tensor x = Tensor.ones(3, 4).to(Device.maia());
    Tensor index = Tensor.ofLongs(0, 3).to(Device.maia());
    assertThatThrownBy(() -> x.rows(index))
        .hasMessageContaining("has index 3 in dimension 0 of 'x' [3, 4]");
  }
}
