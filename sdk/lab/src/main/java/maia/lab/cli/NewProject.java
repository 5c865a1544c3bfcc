package maia.lab.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maia.base.Check;

/// `./maia new DIR [--puzzles]`: a Maven project that uses the SDK, with the flags it needs; with
/// `--puzzles` also the first problem set, judged by its tests.
final class NewProject {
  private static final String TEMPLATE = "/maia/lab/cli/template/";
  private static final String PUZZLES = "--puzzles";
  private static final Map<String, String> FILES = new LinkedHashMap<>();
  private static final List<String> WRAPPER =
      List.of("mvnw", ".mvn/find-jdk.sh", ".mvn/wrapper/maven-wrapper.properties");

  static {
    FILES.put("pom.xml", "pom.xml.txt");
    FILES.put("README.md", "README.md.txt");
    FILES.put("src/main/java/Main.java", "Main.java.txt");
    FILES.put("src/test/java/MainTest.java", "MainTest.java.txt");
  }

  private NewProject() {}

  static int run(List<String> arguments) throws IOException {
    boolean isCoursework = arguments.size() == 2 && arguments.get(1).equals(PUZZLES);
    if (arguments.size() != 1 && !isCoursework || arguments.getFirst().startsWith("-")) {
      throw new UsageException(
          "new needs one folder that is not there yet: ./maia new DIR [" + PUZZLES + "]");
    }
    Path folder = Path.of(arguments.getFirst()).toAbsolutePath().normalize();
    create(folder, Path.of(System.getProperty("maia.home", ".")));
    if (isCoursework) {
      Files.writeString(folder.resolve("src/main/java/Answers.java"), Coursework.answers());
      Files.writeString(folder.resolve("src/test/java/AnswersTest.java"), Coursework.test());
    }
    System.out.println(
        """
        %s is a project of its own. Once, to put the SDK into your local Maven repository:
          cd %s && ./mvnw install -DskipTests -pl sdk/lab -am
        then
          cd %s && %s\
        """
            .formatted(
                folder,
                System.getProperty("maia.home", "."),
                folder,
                isCoursework ? "./mvnw test" : "./mvnw compile exec:exec"));
    return 0;
  }

  /// Writes the project; `home` is the checkout whose Maven wrapper it takes along.
  static void create(Path folder, Path home) throws IOException {
    String name = String.valueOf(folder.getFileName());
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new UsageException(
          "new: '%s' cannot name a project; use letters, digits, '.', '_' and '-'".formatted(name));
    }
    if (Files.exists(folder) && !isEmptyFolder(folder)) {
      throw new UsageException("new: %s is there already; nothing was written".formatted(folder));
    }
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      Path to = folder.resolve(file.getKey());
      Files.createDirectories(Check.present(to.getParent(), "NewProject", "folder"));
      Files.writeString(
          to,
          text(file.getValue()).replace("{{name}}", name).replace("{{version}}", version(home)));
    }
    for (String file : WRAPPER) {
      if (Files.exists(home.resolve(file))) {
        Files.createDirectories(
            Check.present(folder.resolve(file).getParent(), "NewProject", "folder"));
        Files.copy(home.resolve(file), folder.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  private static boolean isEmptyFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  /// The SDK's version, from the checkout's `pom.xml`.
  static String version(Path home) throws IOException {
    Path pom = home.resolve("pom.xml");
    if (!Files.exists(pom)) {
      throw new UsageException("new: runs from a checkout of Maia4J, there is no " + pom);
    }
    return Files.readAllLines(pom).stream()
        .filter(line -> line.startsWith("  <version>"))
        .map(line -> line.replaceAll("<[^>]*>", "").strip())
        .findFirst()
        .orElseThrow(() -> new UsageException("new: %s has no version".formatted(pom)));
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = NewProject.class.getResourceAsStream(TEMPLATE + resource)) {
      InputStream found = Check.present(in, "NewProject", TEMPLATE + resource);
      return new String(found.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
