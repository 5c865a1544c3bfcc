package maia.verify.browser;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A headless Chromium with one page, driven through the DevTools protocol.
final class Chromium implements AutoCloseable {
  private static final int SECONDS = 60;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final Gson GSON = new Gson();

  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> open = new ConcurrentHashMap<>();
  private @Nullable String session;

  /// Starts the browser with an empty profile in `profile`.
  Chromium(Path profile) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable().orElseThrow().toString()));
    command.addAll(
        List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-color-profile=srgb",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank"));
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    URI browser = address();
    socket =
        client
            .newWebSocketBuilder()
            .buildAsync(browser, new Replies())
            .orTimeout(SECONDS, TimeUnit.SECONDS)
            .join();
    JsonObject target = call("Target.createTarget", Map.of("url", "about:blank"));
    session =
        call(
                "Target.attachToTarget",
                Map.of("targetId", target.get("targetId").getAsString(), "flatten", true))
            .get("sessionId")
            .getAsString();
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
  }

  /// The browser on the search path, under any of its names.
  static Optional<Path> executable() {
    return Programs.find(NAMES);
  }

  void open(String address) {
    call("Page.navigate", Map.of("url", address));
  }

  /// The value of a JavaScript expression; promises are awaited.
  JsonElement evaluate(String expression) {
    JsonObject reply =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (reply.has("exceptionDetails")) {
      throw new IllegalStateException("in the page: " + reply.get("exceptionDetails"));
    }
    JsonElement value = reply.getAsJsonObject("result").get("value");
    return value == null ? new JsonObject() : value;
  }

  boolean isTrue(String expression) {
    JsonElement value = evaluate("Boolean(" + expression + ")");
    return value.isJsonPrimitive() && value.getAsBoolean();
  }

  void size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /// The part of the page below `top` as PNG.
  byte[] picture(int top, int width, int height) {
    JsonObject reply =
        call(
            "Page.captureScreenshot",
            Map.of(
                "format",
                "png",
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", top, "width", width, "height", height, "scale", 1)));
    return Base64.getDecoder().decode(reply.get("data").getAsString());
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    client.shutdownNow();
  }

  private JsonObject call(String method, Map<String, ?> parameters) {
    int number = numbers.incrementAndGet();
    CompletableFuture<JsonObject> reply = new CompletableFuture<>();
    open.put(number, reply);
    JsonObject message = new JsonObject();
    message.addProperty("id", number);
    message.addProperty("method", method);
    message.add("params", GSON.toJsonTree(parameters));
    if (session != null) {
      message.addProperty("sessionId", session);
    }
    socket.sendText(GSON.toJson(message), true).join();
    JsonObject answer = reply.orTimeout(SECONDS, TimeUnit.SECONDS).join();
    if (answer.has("error")) {
      throw new IllegalStateException(method + ": " + answer.get("error"));
    }
    return answer.getAsJsonObject("result");
  }

  /// The browser prints where it listens.
  private URI address() throws IOException {
    BufferedReader printed =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = printed.readLine(); line != null; line = printed.readLine()) {
      lines.add(line);
      int at = line.indexOf("ws://");
      if (at >= 0) {
        Thread.ofVirtual().start(() -> printed.lines().forEach(more -> {}));
        return URI.create(line.substring(at).strip());
      }
    }
    throw new IOException("the browser did not start: " + lines);
  }

  private final class Replies implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        JsonObject message = GSON.fromJson(text.toString(), JsonObject.class);
        text.setLength(0);
        JsonElement id = message.get("id");
        CompletableFuture<JsonObject> waiting = id == null ? null : open.remove(id.getAsInt());
        if (waiting != null) {
          waiting.complete(message);
        }
      }
      from.request(1);
      return null;
    }
  }
}
