package maia.lab.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {
  @TempDir private Path folder;

  @Test
  void find_checkoutAndJars_namesFoldersAndJarsBeside() throws IOException {
    Path room = Files.createDirectories(folder.resolve("sdk/tensor/src/main/java"));
    Files.createDirectories(folder.resolve("sdk/decisions"));
    Path jar = Files.createFile(folder.resolve("maia4j-cost-1.jar"));
    Path sources = Files.createFile(folder.resolve("maia4j-cost-1-sources.jar"));
    Path other = Files.createFile(folder.resolve("gson-2.jar"));
    Files.createFile(folder.resolve("gson-2-sources.jar"));
    String path =
        String.join(File.pathSeparator, jar.toString(), other.toString(), "lib/maia4j-x.jar");
    assertThat(Sources.find(folder.toString(), path)).containsExactlyInAnyOrder(sources, room);
    assertThat(Sources.find("", other.toString())).isEqualTo(List.of());
  }

  @Test
  void show_withoutTheFlag_losesTheDocumentationAndNothingElse() {
    Sources.show();
    try (CellEngine engine = CellEngine.ready()) {
      assertThat(engine.run("1 + 2")).isEqualTo(3);
      assertThat(engine.shell().sourceCodeAnalysis().documentation("Tensor.rand(", 12, true))
          .isNotEmpty();
    }
  }
}
