package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The digits trainer of `examples/`, run as a program of its own.
class TrainingTest {
  private static final Path TOP = top();

  @TempDir Path folder;

  /// The first folder above the working directory that holds the trainer.
  private static Path top() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("examples/TrainDigits.java"))) {
      at = at.getParent();
    }
    return at;
  }

  /// Starts the trainer in a JVM with `options`; it writes to the folder `name`.
  private Process start(String name, String options) throws IOException {
    Path here = Files.createDirectory(folder.resolve(name));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(TOP.resolve("examples/TrainDigits.java").toString());
    command.add(here.resolve("mlp.safetensors").toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(here.resolve("log").toFile())
        .start();
  }

  private void assertReproduces(String name, Process process) throws Exception {
    assertThat(process.waitFor()).as(() -> read(folder.resolve(name).resolve("log"))).isZero();
    assertThat(sha256(folder.resolve(name).resolve("mlp.safetensors")))
        .isEqualTo(sha256(TOP.resolve("datasets/digits/mlp.safetensors")));
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  @Test
  void training_anyThreadsWithAndWithoutVectors_reproducesTheShippedWeights() throws Exception {
    Process vectors =
        start("vectors", "--add-modules jdk.incubator.vector -XX:ActiveProcessorCount=2");
    Process scalar = start("scalar", "-XX:ActiveProcessorCount=1");
    try {
      assertReproduces("vectors", vectors);
      assertReproduces("scalar", scalar);
    } finally {
      vectors.destroy();
      scalar.destroy();
    }
  }
}
