package maia.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maia.base.Stop;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class CellEngineTest {
  private static final int SOON = 20;

  /// What cells of these tests call back.
  public static final class Probe {
    static volatile CountDownLatch started = new CountDownLatch(1);
    static volatile boolean release;

    private Probe() {}

    public static void started() {
      started.countDown();
    }

    public static void ignoreInterrupts() {
      started();
      while (!release) {
        Thread.onSpinWait();
      }
    }

    public static void pollForStop() {
      started();
      while (true) {
        Stop.poll("the probe");
      }
    }
  }

  /// One engine for all tests: opening one costs a second, and a session that survives every
  /// mistake below is itself a test.
  private static CellEngine engine;

  @BeforeAll
  static void open() {
    engine = CellEngine.bare();
    engine.run("import module java.base;");
  }

  @AfterAll
  static void close() {
    Probe.release = true;
    engine.close();
  }

  @BeforeEach
  void arm() {
    Probe.started = new CountDownLatch(1);
    Probe.release = false;
  }

  @Test
  void lastExpression_noSemicolon_isTheValue() {
    assertThat(engine.run("int a = 40;\na + 2")).isEqualTo(42);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 + 2;",
        "1 + 2; // remark",
        "System.out.printf(\"\")",
        "Object o = null; o",
        "int b = 3;"
      })
  void lastExpression_quiet_hasNoValue(String cell) {
    assertThat(engine.run(cell)).isNull();
  }

  @Test
  void classes_referToLaterClassesOfTheCell_work() {
    String cell =
        """
        class A { B b = new B(); int f() { return b.g(); } }
        class B { int g() { return 7; } }
        new A().f()\
        """;
    assertThat(engine.run(cell)).isEqualTo(7);
  }

  @Test
  void sealedInterface_beforeItsRecords_works() {
    engine.run("sealed interface S permits C {}\nrecord C(int x) implements S {}");
    assertThat(engine.run("switch ((S) new C(3)) { case C(int x) -> x; }")).isEqualTo(3);
  }

  @Test
  void import_afterVariables_keepsTheirValues() {
    engine.run(
        "import java.util.*;\nvar list = new ArrayList<Integer>(List.of(1)); String s = \"abc\";");
    engine.run("import java.util.*; import java.util.concurrent.*; import module java.sql;");
    assertThat(engine.run("list + s")).isEqualTo("[1]abc");
  }

  @Test
  void exception_inALoop_namesTheLineOfTheCell() {
    CellException failure =
        failure("int z = 1;\nint[] q = new int[1];\nfor (int i = 0; i < 3; i++) {\n  q[i] = z;\n}");
    assertThat(failure.name()).isEqualTo("ArrayIndexOutOfBoundsException");
    assertThat(failure.lines())
        .containsExactly(
            "java.lang.ArrayIndexOutOfBoundsException: Index 1 out of bounds for length 1",
            "    at cell, line 4:  q[i] = z;");
  }

  @Test
  void exception_withCause_showsTheCause() {
    CellException failure =
        failure(
            "try { Integer.parseInt(\"x\"); } catch (Exception e) { throw new RuntimeException(\"outer\", e); }");
    assertThat(failure.lines())
        .contains("Caused by: java.lang.NumberFormatException: For input string: \"x\"");
  }

  @Test
  void compileError_showsTheLineAndACaret() {
    CellException failure = failure("int n =\n  \"x\";");
    assertThat(failure.name()).isEqualTo("CompilationError");
    assertThat(failure.lines())
        .containsExactly(
            "  \"x\";", "  ^^^", "incompatible types: java.lang.String cannot be converted to int");
  }

  @Test
  void unfinishedCell_isRefusedAndTheNextRuns() {
    assertThat(failure("int f( {").name()).isEqualTo("IncompleteCell");
    assertThat(engine.run("1 + 2")).isEqualTo(3);
  }

  @Test
  void callOfAnUndeclaredMethod_saysWhatIsMissing() {
    engine.run("int f() { return later(); }");
    assertThat(failure("f()").lines())
        .containsExactly("This code needs a declaration that does not exist yet: method later()");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Probe.started(); long n = 0; while (true) n++;",
        "Probe.started(); Thread.sleep(60_000);",
        "Probe.pollForStop();"
      })
  void interrupt_endsTheCellAndTheNextRuns(String cell) throws Exception {
    engine.run("import static maia.lab.cells.CellEngineTest.*;");
    assertThat(interrupted(cell).lines()).containsExactly("The cell was interrupted.");
    assertThat(engine.run("1 + 2")).isEqualTo(3);
  }

  @Test
  void interrupt_codeThatIgnoresIt_isLeftBehind() throws Exception {
    engine.run("import static maia.lab.cells.CellEngineTest.*;");
    assertThat(interrupted("Probe.ignoreInterrupts();").lines())
        .contains("Restart the kernel to stop it.");
    assertThat(engine.run("1 + 2")).isEqualTo(3);
  }

  @Test
  void cells_shareOneThread() {
    engine.run("ThreadLocal<Integer> here = ThreadLocal.withInitial(() -> 0); here.set(5);");
    assertThat(engine.run("here.get()")).isEqualTo(5);
  }

  @Test
  void engines_inOneJvm_doNotMix() {
    try (CellEngine other = CellEngine.bare()) {
      engine.run("int a = 1;");
      other.run("int a = 2;");
      assertThat(engine.run("a")).isEqualTo(1);
      assertThat(other.run("a")).isEqualTo(2);
    }
  }

  @Test
  void startup_importsTheRooms() {
    try (CellEngine ready = CellEngine.ready()) {
      assertThat(ready.run("List.of(BF16, TableData.of(\"t\", \"c\").title())"))
          .hasToString("[BF16, t]");
    }
  }

  private CellException failure(String cell) {
    return catchThrowableOfType(CellException.class, () -> engine.run(cell));
  }

  private CellException interrupted(String cell) throws Exception {
    CompletableFuture<CellException> ended = CompletableFuture.supplyAsync(() -> failure(cell));
    assertThat(Probe.started.await(SOON, TimeUnit.SECONDS)).isTrue();
    engine.interrupt();
    CellException failure = ended.get(SOON, TimeUnit.SECONDS);
    assertThat(failure.name()).isEqualTo("Interrupted");
    return failure;
  }
}
