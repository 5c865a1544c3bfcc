package maia.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The trainers of shapes and of modular addition in `examples/` in their short profiles. A change
/// of the bytes means that the shipped weights are no longer what the trainer gives.
class TrainersTest {
  @TempDir Path folder;

  private static Path examples() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("examples/TrainShapes.java"))) {
      at = at.getParent();
    }
    return at.resolve("examples");
  }

  @ParameterizedTest
  @CsvSource({
    "TrainShapes, cnn FILE 2 50, vectors, 24bd8b71b30adf0c92475dab920c5a496a397910acd1dac1fefc49c2e6cf90a9",
    "TrainShapes, vit FILE 2 50, scalar, c3977cb1bf02796d12d76b5145a258e252bd9a82cec2e3ea64261b1646143e25",
    "TrainSums, FILE 1, scalar, 9a074654e7d11764d7796c0448bbbed20147a406e6b4286e36a874cd2c8443e6",
  })
  void shortTraining_givesTheSameBytesAsEver(
      String trainer, String arguments, String mode, String sha256) throws Exception {
    Path file = folder.resolve("weights.safetensors");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        mode.equals("vectors")
            ? List.of("--add-modules", "jdk.incubator.vector", "-XX:ActiveProcessorCount=2")
            : List.of("-XX:ActiveProcessorCount=1"));
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(examples().resolve(trainer + ".java").toString());
    for (String argument : arguments.split(" ")) {
      command.add(argument.equals("FILE") ? file.toString() : argument);
    }
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor()).as(() -> read(log)).isZero();
    } finally {
      process.destroy();
    }
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    assertThat(HexFormat.of().formatHex(digest)).isEqualTo(sha256);
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException unreadable) {
      return unreadable.toString();
    }
  }
}
