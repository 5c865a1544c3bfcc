package maia.lab.jupyter;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import maia.lab.cells.CellEngine;
import maia.lab.cells.CellException;
import maia.lab.cells.Sources;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.HelpLink;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.util.PathsHandler;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.dflib.jjava.jupyter.messages.Header;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.publish.PublishError;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteInput;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteResult;
import org.dflib.jjava.jupyter.messages.reply.ErrorReply;
import org.dflib.jjava.jupyter.messages.reply.ExecuteReply;
import org.dflib.jjava.jupyter.messages.reply.KernelInfoReply;
import org.dflib.jjava.jupyter.messages.request.ExecuteRequest;
import org.dflib.jjava.jupyter.messages.request.KernelInfoRequest;
import org.jspecify.annotations.Nullable;

/// The Jupyter kernel: [CellEngine] behind the wire protocol of the JJava base library.
public final class MaiaKernel extends BaseKernel {
  private static final String RED = "\u001B[31m";
  private static final String PLAIN = "\u001B[0m";
  private static final int LONGEST_TEXT = 20_000;

  private final CellEngine engine;
  private final Assistance assistance;
  private final Console console;
  private final CellOutput output;

  private MaiaKernel(CellEngine engine, Console console) {
    super(
        "maia4j",
        "0.1",
        language(),
        List.of(),
        null,
        console,
        new CommManager(),
        new Renderer(),
        new MagicParser("(?<=(?:^|=))\\s*%", "%%", new MagicTranspiler()),
        magics(engine),
        true,
        new StringStyler.Builder().build());
    this.engine = engine;
    this.assistance = new Assistance(engine.shell());
    this.console = console;
    this.output = new CellOutput(console.out, console.err);
  }

  /// Serves the connection that the named file describes until Jupyter closes it.
  public static void main(String[] words) throws Exception {
    Sources.show();
    MaiaKernel kernel = new MaiaKernel(CellEngine.ready(), new Console());
    kernel.onStartup();
    String properties = Files.readString(Path.of(words[0]));
    JupyterConnection connection =
        new JupyterConnection(KernelConnectionProperties.parse(properties));
    kernel.becomeHandlerForConnection(connection);
    connection.connect();
    connection.waitUntilClose();
    System.exit(0);
  }

  @Override
  public @Nullable Object evalRaw(String source) {
    return engine.run(magicParser.resolveMagics(source));
  }

  @Override
  protected synchronized void handleExecuteRequest(
      ShellReplyEnvironment environment, Message<ExecuteRequest> message) {
    commManager.setMessageContext(message);
    ExecuteRequest request = message.getContent();
    int count = executionCount.getAndIncrement();
    environment.setBusyDeferIdle();
    environment.publish(new PublishExecuteInput(request.getCode(), count));
    replaceOutputStreams(environment);
    console.attach(environment, request.isStdinEnabled());
    environment.defer(() -> console.detach(environment));
    System.setOut(output.out());
    System.setErr(output.err());
    try {
      DisplayData shown = eval(request.getCode());
      output.endCell();
      if (shown != null) {
        environment.publish(new PublishExecuteResult(count, capped(shown)));
      }
      environment.defer().reply(new ExecuteReply(count, Map.of()));
    } catch (CellException failure) {
      fail(environment, count, failure.name(), failure.getMessage(), failure.lines());
    } catch (RuntimeException | Error bug) {
      // toString() or mime() of the value failed, or a magic was wrong
      fail(
          environment,
          count,
          bug.getClass().getSimpleName(),
          bug.getMessage(),
          List.of(bug.toString()));
    }
  }

  private void fail(
      ShellReplyEnvironment environment,
      int count,
      String name,
      @Nullable String message,
      List<String> lines) {
    output.endCell();
    String text = String.valueOf(message);
    List<String> coloured = lines.stream().map(line -> RED + line + PLAIN).toList();
    ErrorReply reply = new ErrorReply(name, text, coloured);
    reply.setExecutionCount(count);
    environment.publish(new PublishError(name, text, coloured));
    environment.defer().replyError(ExecuteReply.MESSAGE_TYPE.error(), reply);
  }

  @Override
  protected void handleKernelInfoRequest(
      ShellReplyEnvironment environment, Message<KernelInfoRequest> message) {
    environment.setBusyDeferIdle();
    environment.reply(
        new Info(
            Header.PROTOCOL_VERISON,
            getName(),
            getVersion(),
            getLanguageInfo(),
            getBanner(),
            getHelpLinks()));
  }

  @Override
  public void interrupt() {
    engine.interrupt();
  }

  @Override
  public void onShutdown(boolean restarting) {
    super.onShutdown(restarting);
    engine.close();
  }

  @Override
  public @Nullable DisplayData inspect(String code, int at, boolean detail) {
    return assistance.inspect(code, at);
  }

  @Override
  public @Nullable ReplacementOptions complete(String code, int at) {
    return assistance.complete(code, at);
  }

  @Override
  public String isComplete(String code) {
    return assistance.isComplete(code);
  }

  private static DisplayData capped(DisplayData shown) {
    if (shown.getData(MIMEType.TEXT_PLAIN) instanceof String text && text.length() > LONGEST_TEXT) {
      String more = "\n[%d more characters]".formatted(text.length() - LONGEST_TEXT);
      shown.putData("text/plain", text.substring(0, LONGEST_TEXT) + more);
    }
    return shown;
  }

  private static LanguageInfo language() {
    return new LanguageInfo.Builder("Java")
        .version(Runtime.version().toString())
        .mimetype("text/x-java")
        .fileExtension(".jsh")
        .pygments("java")
        .codemirror("text/x-java")
        .build();
  }

  private static MagicsRegistry magics(CellEngine engine) {
    MagicsRegistry magics = new MagicsRegistry();
    magics.registerLineMagic(
        "classpath",
        (BaseKernel kernel, List<String> paths) -> {
          for (Path path :
              PathsHandler.splitAndResolveGlobs(String.join(File.pathSeparator, paths))) {
            engine.shell().addToClasspath(path.toString());
          }
          return null;
        });
    return magics;
  }

  /// The attach methods of the base class are protected.
  private static final class Console extends JupyterIO {
    Console() {
      super(StandardCharsets.UTF_8);
    }

    void attach(ShellReplyEnvironment environment, boolean readsInput) {
      setEnv(environment);
      setJupyterInEnabled(readsInput);
    }

    void detach(ShellReplyEnvironment environment) {
      retractEnv(environment);
    }
  }

  /// The base library leaves `status` out of the reply; the protocol asks for it.
  private static final class Info extends KernelInfoReply {
    // written to the wire by reflection
    @SuppressWarnings("unused")
    private final String status = "ok";

    Info(
        String protocol,
        String name,
        String version,
        LanguageInfo language,
        String banner,
        List<HelpLink> links) {
      super(protocol, name, version, language, banner, links);
    }
  }
}
