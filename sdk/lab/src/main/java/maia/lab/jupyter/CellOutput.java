package maia.lab.jupyter;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Standard output and error of a cell, collected for 50 ms before they are passed on in order: a
/// message per `println` would cost half a millisecond each and fill the notebook file. After
/// [#LIMIT] bytes in one cell the rest is dropped and counted.
final class CellOutput {
  /// Bytes passed on per cell.
  static final int LIMIT = 1_000_000;

  private static final long DELAY_MILLISECONDS = 50;
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("output").factory());

  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();
  private final Stream out;
  private final Stream err;
  private Stream last;
  private boolean scheduled;
  private long passed;
  private long dropped;

  CellOutput(PrintStream out, PrintStream err) {
    this.out = new Stream(out);
    this.err = new Stream(err);
    this.last = this.out;
  }

  /// What `System.out` should be while a cell runs.
  PrintStream out() {
    return new PrintStream(out, false, StandardCharsets.UTF_8);
  }

  /// What `System.err` should be while a cell runs.
  PrintStream err() {
    return new PrintStream(err, false, StandardCharsets.UTF_8);
  }

  /// Passes on everything and starts the count of the next cell.
  synchronized void endCell() {
    pass();
    if (dropped > 0) {
      last.to.printf("%n[%d more bytes of output]%n", dropped);
      last.to.flush();
    }
    passed = 0;
    dropped = 0;
  }

  private synchronized void accept(Stream stream, byte[] bytes, int offset, int count) {
    if (stream != last) {
      pass();
      last = stream;
    }
    int taken = (int) Math.min(count, LIMIT - passed);
    waiting.write(bytes, offset, taken);
    passed += taken;
    dropped += count - taken;
    if (!scheduled) {
      scheduled = true;
      Future<?> _ = TIMER.schedule(this::pass, DELAY_MILLISECONDS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void pass() {
    scheduled = false;
    byte[] bytes = waiting.toByteArray();
    int complete = completeLength(bytes);
    if (complete == 0) {
      return;
    }
    waiting.reset();
    waiting.write(bytes, complete, bytes.length - complete);
    last.to.write(bytes, 0, complete);
    last.to.flush();
  }

  /// The length without a UTF-8 character that is cut at the end.
  private static int completeLength(byte[] bytes) {
    int start = bytes.length - 1;
    while (start > 0 && bytes.length - start < 4 && (bytes[start] & 0xc0) == 0x80) {
      start--;
    }
    if (start < 0 || bytes[start] >= 0) {
      return bytes.length;
    }
    int needed = Integer.numberOfLeadingZeros(~(bytes[start] << 24));
    return bytes.length - start < needed ? start : bytes.length;
  }

  private final class Stream extends OutputStream {
    private final PrintStream to;

    Stream(PrintStream to) {
      this.to = to;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      accept(this, bytes, offset, count);
    }

    @Override
    public void flush() {
      pass();
    }
  }
}
