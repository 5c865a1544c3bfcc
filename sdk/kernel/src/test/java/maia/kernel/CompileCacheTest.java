package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import maia.base.CacheFolder;
import maia.kernel.ir.Func;
import maia.kernel.library.Matmul;
import maia.kernel.library.Softmax;
import maia.kernel.lower.GridMap;
import maia.machine.Chip;
import maia.npl.Npl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompileCacheTest {
  private static final Func SOFTMAX = Softmax.KERNEL.trace().func();

  @TempDir Path folder;
  private String before = "";

  @BeforeEach
  void use() {
    before = System.getProperty(CacheFolder.PROPERTY, "");
    System.setProperty(CacheFolder.PROPERTY, folder.toString());
  }

  @AfterEach
  void restore() {
    if (before.isEmpty()) {
      System.clearProperty(CacheFolder.PROPERTY);
    } else {
      System.setProperty(CacheFolder.PROPERTY, before);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve(CompileCache.NAME))) {
      return all.filter(f -> f.toString().endsWith(".txt")).toList();
    }
  }

  @Test
  void keptProgram_isTheSame() {
    Compiled compiled = Compiler.compileAnew(SOFTMAX, Chip.MAIA_200, GridMap.FLAT);
    CompileCache.keep(compiled, Chip.MAIA_200, GridMap.FLAT);
    assertThat(CompileCache.find(SOFTMAX, Chip.MAIA_200, GridMap.FLAT)).hasValue(compiled);
  }

  @Test
  void file_isReadableAndItsProgramParses() throws IOException {
    Compiled compiled = Compiler.compileAnew(SOFTMAX, Chip.MAIA_200, GridMap.FLAT);
    CompileCache.keep(compiled, Chip.MAIA_200, GridMap.FLAT);
    String text = Files.readString(files().getFirst());
    assertThat(text)
        .contains("--- function\n" + SOFTMAX, "name " + Chip.MAIA_200.name(), "stage npl: ");
    String program = text.substring(text.indexOf("program softmax"));
    int length = compiled.program().toString().length();
    assertThat(Npl.parse(program.substring(0, length))).isEqualTo(compiled.program());
  }

  @Test
  void otherMachineOrClock_isNotFound() {
    CompileCache.keep(
        Compiler.compileAnew(SOFTMAX, Chip.MAIA_200, GridMap.FLAT), Chip.MAIA_200, GridMap.FLAT);
    assertThat(CompileCache.find(SOFTMAX, Chip.TOY, GridMap.FLAT)).isEmpty();
    assertThat(CompileCache.find(SOFTMAX, Chip.MAIA_200.atClock(2.0e9), GridMap.FLAT)).isEmpty();
  }

  @Test
  void contentThatIsNoProgram_isCompiledAnew() {
    Compiled compiled = Compiler.compileAnew(SOFTMAX, Chip.MAIA_200, GridMap.FLAT);
    String good = CompileCache.write(compiled);
    assertThat(CompileCache.read(SOFTMAX, good)).hasValue(compiled);
    assertThat(CompileCache.read(SOFTMAX, "")).isEmpty();
    assertThat(CompileCache.read(SOFTMAX, "stage npl: 9999999 characters\n")).isEmpty();
    assertThat(CompileCache.read(SOFTMAX, good.replace("program softmax", "programme"))).isEmpty();
  }

  @Test
  void off_keepsNothing() throws IOException {
    System.setProperty(CacheFolder.PROPERTY, "off");
    CompileCache.keep(
        Compiler.compileAnew(SOFTMAX, Chip.MAIA_200, GridMap.FLAT), Chip.MAIA_200, GridMap.FLAT);
    assertThat(CompileCache.find(SOFTMAX, Chip.MAIA_200, GridMap.FLAT)).isEmpty();
    try (Stream<Path> all = Files.list(folder)) {
      assertThat(all).isEmpty();
    }
  }

  @Test
  void fourThreads_compileTheSameKernels() throws InterruptedException {
    Set<Compiled> results = Collections.synchronizedSet(new HashSet<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int bk = 16; bk <= 256; bk *= 2) {
                  Func func = Matmul.KERNEL.with("BK", bk).trace().func();
                  results.add(Compiler.compile(func, Chip.MAIA_200));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(results).hasSize(5);
  }
}
