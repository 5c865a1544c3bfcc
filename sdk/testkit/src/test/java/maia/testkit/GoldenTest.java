package maia.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenTest {
  @TempDir private Path folder;

  @Test
  void sameText_passes() throws IOException {
    Path file = Files.writeString(folder.resolve("g.txt"), "a\r\nb\n");
    assertThatCode(() -> Golden.check(file, "a\nb")).doesNotThrowAnyException();
  }

  @Test
  void otherText_namesTheFirstLineThatDiffers() throws IOException {
    Path file = Files.writeString(folder.resolve("g.txt"), "a\nb\n");
    assertThatThrownBy(() -> Golden.check(file, "a\nc\n"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("line 2 differs")
        .hasMessageContaining("golden: b")
        .hasMessageContaining("now:    c");
  }

  @Test
  void missingFile_saysHowToWriteIt() {
    assertThatThrownBy(() -> Golden.check(folder.resolve("none.txt"), ""))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("-Dgolden.write=true");
  }
}
