package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.base.Stop;
import org.junit.jupiter.api.Test;

/// The bits of all results, against a constant: on this machine, with other vector widths, without
/// vectors, cold and warm.
final class BitsTest {
  private static final long EXPECTED = 0xcfff938970627d70L;

  @Test
  void results_inThisMachineColdAndWarm_haveTheCommittedBits() throws InterruptedException {
    assertThat(Bits.hash()).isEqualTo(EXPECTED);
    WarmUp.await();
    assertThat(Bits.hash()).isEqualTo(EXPECTED);
  }

  @Test
  void results_withOtherWidthsAndWithoutVectors_haveTheCommittedBits() throws Exception {
    List<String> vector = List.of("--add-modules", "jdk.incubator.vector");
    List<List<String>> options =
        List.of(
            List.of(),
            Stream.concat(vector.stream(), Stream.of("-XX:MaxVectorSize=16")).toList(),
            Stream.concat(vector.stream(), Stream.of("-XX:MaxVectorSize=32")).toList());
    List<Process> machines = new ArrayList<>();
    for (List<String> option : options) {
      machines.add(start(option));
    }
    String line = Long.toHexString(EXPECTED);
    for (int i = 0; i < machines.size(); i++) {
      String printed =
          new String(machines.get(i).getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(printed.strip()).as("options %s", options.get(i)).isEqualTo(line + " " + line);
    }
  }

  private static Process start(List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-Xmx256m", "-cp", classPath()));
    command.add(Bits.class.getName());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static String classPath() {
    return Stream.of(Bits.class, Fmath.class, Stop.class)
        .map(BitsTest::location)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
