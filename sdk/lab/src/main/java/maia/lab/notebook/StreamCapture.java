package maia.lab.notebook;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// Standard output and error of this JVM, sent to [Outputs] while open.
final class StreamCapture implements AutoCloseable {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;

  StreamCapture(Outputs outputs) {
    System.setOut(stream(outputs, "stdout"));
    System.setErr(stream(outputs, "stderr"));
  }

  @Override
  public void close() {
    System.out.flush();
    System.err.flush();
    System.setOut(out);
    System.setErr(err);
  }

  private static PrintStream stream(Outputs outputs, String name) {
    return new PrintStream(new Pieces(outputs, name), true, StandardCharsets.UTF_8);
  }

  private static final class Pieces extends OutputStream {
    private final Outputs outputs;
    private final String name;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

    Pieces(Outputs outputs, String name) {
      this.outputs = outputs;
      this.name = name;
    }

    @Override
    public synchronized void write(int value) {
      buffer.write(value);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int count) {
      buffer.write(bytes, offset, count);
    }

    @Override
    public synchronized void flush() {
      if (buffer.size() > 0) {
        outputs.stream(name, buffer.toString(StandardCharsets.UTF_8));
        buffer.reset();
      }
    }
  }
}
