package maia.sim;

import java.util.Locale;
import java.util.TreeMap;

/// The trace of a run as JSON that Perfetto and Chrome show: a process per tile, a thread per
/// queue, and power and HBM traffic as counters. Equal runs give equal bytes.
public final class TraceJson {
  private static final long PICOSECONDS_PER_MICROSECOND = 1_000_000;

  private static final double GIGA = 1e9;

  private final StringBuilder out = new StringBuilder();
  private boolean isFirst = true;

  private TraceJson() {}

  /// The JSON text of `run`.
  public static String of(RunRecord run) {
    var json = new TraceJson();
    json.write(run);
    return json.out.toString();
  }

  private void write(RunRecord run) {
    out.append("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":");
    string(run.program());
    out.append(",\"machine\":");
    string(run.machine().name());
    out.append(",\"picoseconds\":\"").append(run.picoseconds());
    out.append("\"},\"traceEvents\":[");
    threads(run);
    for (Span span : run.trace()) {
      span(span, thread(span));
    }
    int chip = run.machine().tiles();
    name("process_name", chip, 0, "chip");
    for (PowerSample sample : run.power()) {
      counter("power", "W", sample.startPicoseconds(), sample.watts(), chip);
    }
    counter("power", "W", run.picoseconds(), 0, chip);
    for (PowerSample sample : run.power()) {
      double rate = sample.hbmBytesPerSecond() / GIGA;
      counter("HBM", "GB/s", sample.startPicoseconds(), rate, chip);
    }
    counter("HBM", "GB/s", run.picoseconds(), 0, chip);
    out.append("\n]}\n");
  }

  private void threads(RunRecord run) {
    var tiles = new TreeMap<Integer, TreeMap<Integer, String>>();
    for (Span span : run.trace()) {
      tiles.computeIfAbsent(span.tile(), _ -> new TreeMap<>()).put(thread(span), span.queue());
    }
    tiles.forEach((tile, threads) -> {
      name("process_name", tile, 0, "tile " + tile);
      threads.forEach((thread, queue) -> name("thread_name", tile, thread, queue));
    });
  }

  /// A number for the queue of a span: loads above the units, cluster queues first.
  private static int thread(Span span) {
    String queue = span.queue();
    int digits = queue.length();
    while (digits > 0 && Character.isDigit(queue.charAt(digits - 1))) {
      digits--;
    }
    int index = digits == queue.length() ? 0 : Integer.parseInt(queue.substring(digits));
    int base =
        switch (queue.substring(0, digits)) {
          case "cdma" -> 100;
          case "dma" -> 200;
          case "ttu" -> 300;
          case "tvp" -> 400;
          default -> 500;
        };
    return base + index;
  }

  private void event() {
    out.append(isFirst ? "\n" : ",\n");
    isFirst = false;
  }

  private void name(String kind, int process, int thread, String name) {
    event();
    out.append("{\"ph\":\"M\",\"name\":\"").append(kind).append("\",\"pid\":").append(process);
    out.append(",\"tid\":").append(thread).append(",\"args\":{\"name\":");
    string(name);
    out.append("}}");
  }

  private void span(Span s, int thread) {
    event();
    out.append("{\"ph\":\"X\",\"name\":");
    string(s.what());
    out.append(",\"pid\":").append(s.tile()).append(",\"tid\":").append(thread).append(",\"ts\":");
    microseconds(s.startPicoseconds());
    out.append(",\"dur\":");
    microseconds(s.endPicoseconds() - s.startPicoseconds());
    out.append(",\"args\":{\"bytes\":").append(s.bytes()).append(",\"flops\":").append(s.flops());
    out.append(",\"line\":");
    string(s.origin().toString());
    out.append("}}");
  }

  private void counter(String name, String unit, long picoseconds, double value, int process) {
    event();
    out.append("{\"ph\":\"C\",\"name\":\"").append(name).append("\",\"pid\":").append(process);
    out.append(",\"ts\":");
    microseconds(picoseconds);
    out.append(String.format(Locale.ROOT, ",\"args\":{\"%s\":%.3f}}", unit, value));
  }

  private void microseconds(long picoseconds) {
    out.append(picoseconds / PICOSECONDS_PER_MICROSECOND).append('.');
    String fraction = Long.toString(picoseconds % PICOSECONDS_PER_MICROSECOND);
    out.repeat('0', 6 - fraction.length()).append(fraction);
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
