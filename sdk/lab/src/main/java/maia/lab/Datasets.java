package maia.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import maia.models.Mlp;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Sequential;

/// Trained weights that ship with the SDK, so that nothing has to be downloaded.
public final class Datasets {
  private static final String DIGITS = "/maia/datasets/digits/mlp.safetensors";

  private Datasets() {}

  /// The digits network (256-128-64-10, ReLU) with its trained weights.
  public static Sequential digitsNetwork() {
    Sequential network = Mlp.digits(1);
    Path file = extract(DIGITS);
    try {
      network.loadStateDict(Safetensors.read(file));
    } finally {
      file.toFile().deleteOnExit();
    }
    return network;
  }

  private static Path extract(String resource) {
    try (InputStream in = Datasets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(
            "bug in Datasets: '%s' is missing from the class path".formatted(resource));
      }
      Path file = Files.createTempFile("maia4j-", ".safetensors");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot unpack " + resource, failure);
    }
  }
}
