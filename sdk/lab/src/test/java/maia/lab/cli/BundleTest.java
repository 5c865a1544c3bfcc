package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  @TempDir private Path folder;

  @Test
  void write_smallCheckout_holdsWhatRunsAndNothingElse_withTheSameBytesTwice() throws IOException {
    Path home = checkout();
    Path jar = file(home.resolve("sdk/lab/target/lib/gson-2.jar"), "a library");
    Path classes = file(home.resolve("sdk/lab/target/classes/maia/A.class"), "code");
    String path =
        jar
            + File.pathSeparator
            + classes.getParent().getParent()
            + File.pathSeparator
            + "gone.jar";
    Bundle.write(home, path, folder.resolve("one.zip"));
    Bundle.write(home, path, folder.resolve("two.zip"));
    assertThat(folder.resolve("two.zip")).hasSameBinaryContentAs(folder.resolve("one.zip"));
    assertThat(entries(folder.resolve("one.zip")))
        .containsExactly(
            ".mvn/find-jdk.sh",
            "CITATION.cff",
            "LICENSE",
            "NOTICE",
            "README.md",
            "examples/A.java",
            "lib/gson-2.jar",
            "lib/help.txt",
            "lib/maia4j-lab-0.9.jar",
            "lib/maia4j.bundle",
            "lib/sources/maia4j-lab-0.9-sources.jar",
            "maia*",
            "maia.cmd",
            "notebooks/01.ipynb");
  }

  @Test
  void run_wrongWords_areRefused() {
    assertThatThrownBy(() -> Bundle.run(List.of("class.tar")))
        .isInstanceOf(UsageException.class)
        .hasMessage("bundle needs the file to write: ./maia bundle FILE.zip");
    assertThatThrownBy(() -> Bundle.write(folder, "", folder.resolve("b.zip")))
        .isInstanceOf(UsageException.class)
        .hasMessage("bundle needs the sources: " + folder + " is no checkout of Maia4J");
  }

  private Path checkout() throws IOException {
    Path home = folder.resolve("home");
    for (String name :
        List.of("maia", "maia.cmd", ".mvn/find-jdk.sh", "README.md", "LICENSE", "NOTICE")) {
      file(home.resolve(name), name);
    }
    file(home.resolve("CITATION.cff"), "cite");
    file(home.resolve("pom.xml"), "<project>\n  <version>0.9</version>\n</project>\n");
    file(home.resolve("sdk/lab/src/main/java/maia/A.java"), "class A {}");
    file(home.resolve("sdk/lab/src/main/resources/maia/lab/cli/help.txt"), "help");
    file(home.resolve("sdk/bench/src/main/java/maia/B.java"), "class B {}");
    file(home.resolve("examples/A.java"), "class A {}");
    file(home.resolve("notebooks/01.ipynb"), "{}");
    file(home.resolve("notebooks/.ipynb_checkpoints/01.ipynb"), "{}");
    return home;
  }

  private static Path file(Path path, String text) throws IOException {
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  /// Paths below the top folder; programs are marked with a star.
  private static TreeSet<String> entries(Path zip) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (FileSystem files =
            FileSystems.newFileSystem(zip, Map.of("enablePosixFileAttributes", true));
        Stream<Path> all = Files.walk(files.getPath("/maia4j-0.9"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        boolean runs =
            Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
        String name = files.getPath("/maia4j-0.9").relativize(file).toString();
        names.add(runs && name.equals("maia") ? name + "*" : name);
      }
    }
    return names;
  }
}
