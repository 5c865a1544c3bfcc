package maia.verify.browser;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import maia.verify.Checkout;

/// A notebook server on this machine, with our kernel registered the way users do it, and nothing
/// of the user's own settings.
final class NotebookServer implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final String TOKEN = "browser-test";

  private final Process process;
  private final String address;

  /// Serves the files of `notebooks`; `data` takes the settings and the log.
  NotebookServer(Path notebooks, Path data) throws IOException, InterruptedException {
    Map<String, String> settings =
        Map.of(
            "JUPYTER_DATA_DIR", data.toString(),
            "JUPYTER_CONFIG_DIR", data.resolve("config").toString(),
            "JUPYTER_RUNTIME_DIR", data.resolve("runtime").toString(),
            "IPYTHONDIR", data.resolve("ipython").toString(),
            "MAIA_CACHE", data.resolve("cache").toString(),
            "MAIA_JAVA_HOME", System.getProperty("java.home"));
    Path log = data.resolve("server.log");
    run(settings, log, Checkout.ROOT.resolve("maia").toString(), "lab", "--kernel-only");
    int port = freePort();
    address = "http://127.0.0.1:" + port;
    process =
        start(
            settings,
            log,
            executable().orElseThrow().toString(),
            "--no-browser",
            "--allow-root",
            "--ip=127.0.0.1",
            "--port=" + port,
            "--NotebookApp.port_retries=0",
            "--NotebookApp.token=" + TOKEN,
            "--notebook-dir=" + notebooks);
    awaitStart(log);
  }

  /// The server of the classic notebook on the search path.
  static Optional<Path> executable() {
    return Programs.find(List.of("jupyter-nbclassic", "jupyter-notebook"));
  }

  /// Where a notebook opens.
  String page(String file) {
    return address + "/notebooks/" + file + "?token=" + TOKEN;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitStart(Path log) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/api?token=" + TOKEN))
            .timeout(Duration.ofSeconds(5))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < 2 * SECONDS && process.isAlive(); i++) {
        try {
          if (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException notYet) {
          // it listens a little later
        }
        TimeUnit.MILLISECONDS.sleep(500);
      }
    }
    throw new IOException("the notebook server did not start:\n" + Files.readString(log));
  }

  private static void run(Map<String, String> settings, Path log, String... command)
      throws IOException, InterruptedException {
    int code = start(settings, log, command).waitFor();
    if (code != 0) {
      throw new IOException(
          "%s ended with %d:%n%s".formatted(command[0], code, Files.readString(log)));
    }
  }

  private static Process start(Map<String, String> settings, Path log, String... command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(settings);
    return builder.start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
