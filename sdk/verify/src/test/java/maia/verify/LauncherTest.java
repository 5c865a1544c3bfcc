package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The launcher script; nothing here builds the SDK or starts a JVM.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private record Outcome(int exitCode, String printed) {}

  @TempDir private Path elsewhere;

  @Test
  void help_fromAnotherFolder_listsTheCommands() throws Exception {
    Outcome outcome = maia("--help");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.printed()).contains("usage: ./maia COMMAND", "  shell ", "  doctor ");
  }

  @Test
  void version_isThatOfTheBuild() throws Exception {
    assertThat(maia("--version").printed()).matches("maia \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
  }

  @Test
  void unknownCommand_isOneLineAndExitCode2() throws Exception {
    assertThat(maia("fly"))
        .isEqualTo(
            new Outcome(2, "maia: unknown command 'fly'; ./maia --help lists the commands\n"));
  }

  @Test
  void oddCommand_isOneLineAndExitCode2() throws Exception {
    assertThat(maia("a.*b"))
        .isEqualTo(
            new Outcome(2, "maia: unknown command 'a.*b'; ./maia --help lists the commands\n"));
  }

  @Test
  void build_withAnArgument_isOneLineAndExitCode2() throws Exception {
    assertThat(maia("build", "fast"))
        .isEqualTo(new Outcome(2, "maia: build takes no arguments, got 'fast'\n"));
  }

  @Test
  void link_toTheLauncher_works() throws Exception {
    Path link =
        Files.createSymbolicLink(elsewhere.resolve("my maia"), Checkout.ROOT.resolve("maia"));
    try {
      assertThat(run(List.of(link.toString(), "help")).exitCode()).isZero();
    } finally {
      Files.delete(link);
    }
  }

  @Test
  void bundle_saysItsVersion_andBuildsNothing() throws Exception {
    for (String name : List.of("maia", ".mvn/find-jdk.sh")) {
      Path copy = elsewhere.resolve(name);
      Files.createDirectories(copy.getParent());
      Files.copy(Checkout.ROOT.resolve(name), copy, StandardCopyOption.COPY_ATTRIBUTES);
    }
    Path lib = Files.createDirectories(elsewhere.resolve("lib"));
    Files.writeString(lib.resolve("maia4j.bundle"), "9.9\n");
    Files.writeString(lib.resolve("help.txt"), "usage\n  build  again\n  doctor  looks\n");
    String launcher = elsewhere.resolve("maia").toString();
    assertThat(run(List.of(launcher, "--version"))).isEqualTo(new Outcome(0, "maia 9.9\n"));
    assertThat(run(List.of(launcher, "help")).printed()).startsWith("usage\n");
    assertThat(run(List.of(launcher, "build")))
        .isEqualTo(
            new Outcome(
                2,
                "maia: build: this is a bundle, without sources; get the repository to change them\n"));
  }

  private Outcome maia(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Checkout.ROOT.resolve("maia").toString()));
    command.addAll(List.of(words));
    return run(command);
  }

  private Outcome run(List<String> command) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(elsewhere.toFile()).redirectErrorStream(true);
    builder.environment().put("MAIA_JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), printed);
  }
}
