package maia.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The stories trainer of `examples/` in its short profile: a few steps instead of 900.
class TrainStoriesTest {
  private static final String STEPS = "3";

  /// Of the file after three steps from seed 1 with planted outliers: a change here means that the
  /// shipped weights are no longer what the trainer gives.
  private static final String SHA_256 =
      "de60e3d424503f587f371732e81c6daafd2d6efef97032795b8d81acb3ccddc4";

  @TempDir Path folder;

  private static Path trainer() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("examples/TrainStories.java"))) {
      at = at.getParent();
    }
    return at.resolve("examples/TrainStories.java");
  }

  private Process start(String name, String options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(trainer().toString());
    command.addAll(List.of(folder.resolve(name).toString(), "1", "outliers", STEPS));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  private String sha256(String name, Process process) throws Exception {
    assertThat(process.waitFor())
        .as(() -> {
          try {
            return Files.readString(folder.resolve(name + ".log"));
          } catch (IOException unreadable) {
            return unreadable.toString();
          }
        })
        .isZero();
    byte[] bytes = Files.readAllBytes(folder.resolve(name));
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  @Test
  void training_anyThreadsWithAndWithoutVectors_givesTheSameBytesAsEver() throws Exception {
    Process vectors =
        start("vectors", "--add-modules jdk.incubator.vector -XX:ActiveProcessorCount=2");
    Process scalar = start("scalar", "-XX:ActiveProcessorCount=1");
    try {
      assertThat(sha256("vectors", vectors)).isEqualTo(SHA_256);
      assertThat(sha256("scalar", scalar)).isEqualTo(SHA_256);
    } finally {
      vectors.destroy();
      scalar.destroy();
    }
  }
}
