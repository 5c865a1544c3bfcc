package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every differentiable operation against central differences in fp64.
class GradientTest {
  /// Families give these a gradient method that is never called, or that other tests check.
  private static final Set<String> ELSEWHERE =
      Set.of(
          "Reduction$ArgMax", // integers
          "Choice$Nonzero", // integers
          "Selection$OneHot", // truth values
          "MatrixOp$DetSign", // constant
          "StraightThrough", // its gradient is not the derivative, by design
          "Conversion$Quantize", // straight through: see below
          "Conversion$Dequantize",
          "Transfer", // DeviceTest
          "Custom", // AutogradTest
          "Checkpoint");

  static Stream<GradientCases.Case> cases() {
    return GradientCases.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void backward_everyOperation_equalsCentralDifferences(GradientCases.Case c) {
    GradCheck.Result first = GradCheck.check(c.function(), c.inputs());
    assertThat(first.isRight()).as("%s: %s", c.name(), first).isTrue();
    if (c.second()) {
      GradCheck.Result second = GradCheck.checkSecond(c.function(), c.inputs());
      assertThat(second.isRight()).as("second derivative of %s: %s", c.name(), second).isTrue();
    }
  }

  @Test
  void table_namesEveryOperationWithAGradient() throws Exception {
    Set<String> run = new TreeSet<>();
    cases().forEach(c -> run.addAll(operations(c)));
    Set<String> missing = new TreeSet<>(differentiable());
    missing.removeAll(run);
    missing.removeAll(ELSEWHERE);

    assertThat(missing).as("operations with a gradient that GradientCases does not run").isEmpty();
  }

  /// The operations that the case and its gradient record.
  private static Set<String> operations(GradientCases.Case c) {
    List<Tensor> inputs = c.inputs().stream().map(x -> x.detach().requireGrad()).toList();
    Tensor y = c.function().apply(inputs).sum();
    Set<String> names = new TreeSet<>(names(y));
    GradOption[] options = {GradOption.CREATE_GRAPH, GradOption.ALLOW_UNUSED};
    if (c.second()) {
      Tensor.grad(List.of(y), inputs, options).forEach(g -> names.addAll(names(g)));
    }
    return names;
  }

  /// Second derivatives are there where the first depend on the inputs.
  private static List<String> names(Tensor y) {
    Vertex end = y.slot.vertex(y);
    return end == null
        ? List.of()
        : Backward.inputsBeforeResults(List.of(end)).stream()
            .filter(v -> !v.isLeaf())
            .map(v -> simple(v.op().getClass()))
            .toList();
  }

  private static List<String> differentiable() throws IOException, URISyntaxException {
    Path classes = Path.of(Op.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.list(classes.resolve("maia/tensor"))) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(f -> f.endsWith(".class") && !f.equals("package-info.class"))
          .map(f -> load("maia.tensor." + f.substring(0, f.length() - ".class".length())))
          .filter(c -> Op.class.isAssignableFrom(c) && !c.isInterface())
          .filter(GradientTest::hasGradient)
          .map(GradientTest::simple)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, Op.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean hasGradient(Class<?> op) {
    try {
      return op.getMethod("gradient", List.class, Tensor.class, Tensor.class).getDeclaringClass()
          != Op.class;
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  private static String simple(Class<?> op) {
    return op.getName().substring("maia.tensor.".length());
  }

  @Test
  void quantize_gradient_passesStraightThrough() {
    Tensor x = Tensor.randn(DType.F32, 1, 2, 32).requireGrad();
    Tensor w = Tensor.randn(DType.F32, 2, 3, 32);
    x.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).linear(w).sum().backward();

    assertThat(x.grad().get(1).toArray()).isEqualTo(w.t().matmul(Tensor.ones(3)).toArray());
  }
}
