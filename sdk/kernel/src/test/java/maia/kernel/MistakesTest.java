package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.testkit.Golden;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The catalogue of mistakes: its examples are compiled, the wrong ones are refused with their
/// code, the right ones are accepted, and the page `ERRORS.md` says all of it with the exact
/// messages.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MistakesTest {
  private static final Path PAGE = Path.of("ERRORS.md");

  private URLClassLoader examples;

  static Stream<Mistake> withExamples() {
    return Arrays.stream(Mistake.values()).filter(m -> !m.wrong().isEmpty());
  }

  @BeforeAll
  void compileExamples(@TempDir Path folder) throws IOException {
    StringBuilder source = new StringBuilder();
    source.append("import maia.kernel.*;\nimport maia.numerics.*;\n");
    source.append("import static maia.numerics.DType.*;\n");
    source.append("public class Examples {\n");
    withExamples()
        .forEach(m -> {
          source.append(method("wrong", m, m.wrong()));
          source.append(method("right", m, m.right()));
        });
    source.append("}\n");
    JavaFileObject file =
        new SimpleJavaFileObject(
            URI.create("string:///Examples.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreErrors) {
            return source;
          }
        };
    StringWriter messages = new StringWriter();
    boolean compiled =
        ToolProvider.getSystemJavaCompiler()
            .getTask(
                messages,
                null,
                null,
                List.of("-proc:none", "-d", folder.toString()),
                null,
                List.of(file))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    examples = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
  }

  private static String method(String name, Mistake mistake, String body) {
    return "  public static void %s%s(KernelContext k) { %s }\n"
        .formatted(name, mistake.code(), body);
  }

  /// Traces and compiles an example; what a run finds is found by two programs in the interpreter,
  /// on arrays of 16 zeros in every dimension.
  private void make(String name, Mistake mistake) {
    Consumer<KernelContext> body =
        k -> {
          try {
            examples
                .loadClass("Examples")
                .getMethod(name + mistake.code(), KernelContext.class)
                .invoke(null, k);
          } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException mine) {
              throw mine;
            }
            throw new AssertionError(e);
          } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
          }
        };
    Kernel kernel = Kernel.define("example", body);
    Func func = kernel.trace().func();
    Compiler.compile(func, Chip.TOY);
    if (mistake.code().startsWith("K7")) {
      Object[] zeros = func.params().stream().map(MistakesTest::zeros).toArray();
      kernel.grid(2).call(KernelCall.Mode.COMPUTE, zeros).interpret();
    }
  }

  private static Object zeros(Func.Param param) {
    if (!(param instanceof Func.ArrayParam array)) {
      return 0L;
    }
    long[] shape = new long[array.rank()];
    Arrays.fill(shape, 16);
    return HostArray.zeros((DType) array.type(), shape);
  }

  /// The message without places and without the memory map of a program that does not fit.
  private String refusal(Mistake mistake) {
    try {
      make("wrong", mistake);
    } catch (KernelException refused) {
      assertThat(refused.mistake()).as(refused.getMessage()).contains(mistake);
      assertThat(refused.code()).isEqualTo(mistake.code());
      String first =
          refused.getMessage().lines().findFirst().orElseThrow().replaceAll("line \\d+", "line N");
      return first.replaceAll(" \\[[^\\[\\]]*\\)]$", "").replace(" [" + mistake.code() + "]", "");
    }
    throw new AssertionError("the wrong example of " + mistake + " is accepted");
  }

  @ParameterizedTest
  @MethodSource("withExamples")
  void wrongExample_isRefusedWithItsCode(Mistake mistake) {
    assertThat(refusal(mistake)).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("withExamples")
  void rightExample_isAccepted(Mistake mistake) {
    assertThatCode(() -> make("right", mistake)).doesNotThrowAnyException();
  }

  @Test
  void codes_areUniqueAndAscend() {
    List<String> codes = Arrays.stream(Mistake.values()).map(Mistake::code).toList();
    assertThat(codes).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void mistakesWithoutExample_areMadeByOtherTests() throws IOException {
    StringBuilder tests = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        tests.append(Files.readString(file));
      }
    }
    for (Mistake mistake : Mistake.values()) {
      if (mistake.wrong().isEmpty()) {
        assertThat(tests.indexOf("[" + mistake.code() + "]")).as(mistake.name()).isPositive();
      }
    }
  }

  @Test
  void page_saysWhatTheCatalogueSays() {
    Golden.check(
        PAGE,
        """
        # Mistakes in kernels

        Messages of the kernel language end with a code. The code is stable: it names the rule, the
        rest of the message the actual values and the way out. This page is made from the entries of
        `maia.kernel.ir.Mistake`, whose examples are compiled and run by the tests; `N` stands for a
        line of yours.

        """
            + Arrays.stream(Mistake.values()).map(this::entry).collect(Collectors.joining("\n")));
  }

  private String entry(Mistake mistake) {
    String head =
        "## %s: %s\n\n%s\n".formatted(mistake.code(), mistake.rule(), mistake.explanation());
    if (mistake.wrong().isEmpty()) {
      return head;
    }
    return head
        + "\n```java\n%s   // refused\n%s\n```\n\n> %s\n"
            .formatted(mistake.wrong(), mistake.right(), refusal(mistake));
  }
}
