package maia.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maia.base.Check;
import maia.base.Progress;
import maia.base.Stop;
import maia.lab.manifest.Digest;
import maia.lab.manifest.Manifest;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvReadOptions;

/// Every combination of some parameters, measured in parallel into a table.
///
/// ```java
/// var table = Sweep.of("decode").over("batch", 1, 8, 64).over("context", 2_048, 16_384)
///     .run(p -> Map.of("TPOT ms", 1e3 * model.decode(p.whole("batch"), p.whole("context")).seconds()));
/// ```
///
/// A combination that is refused (an [IllegalArgumentException]) keeps its row, with the reason in
/// the column `refused`. With [#file] every row is on disk as soon as it is known, and a sweep that
/// was cut off goes on where it stopped.
///
/// @param title the heading
/// @param axes the values of each parameter, in the order given
/// @param file where rows are kept; empty: nowhere
/// @param progress where progress shows
public record Sweep(
    String title, Map<String, List<Object>> axes, Optional<Path> file, Progress progress) {
  private static final String REFUSED = "refused";
  private static final long LARGEST_FILE = 1L << 28;

  public Sweep {
    axes = Collections.unmodifiableMap(new LinkedHashMap<>(axes));
  }

  /// One combination.
  ///
  /// @param values a value for each parameter
  public record Point(Map<String, Object> values) {
    /// The value of parameter `name`.
    public Object get(String name) {
      Object value = values.get(name);
      if (value == null) {
        throw new NoSuchElementException(
            "sweep: no parameter '%s', only %s".formatted(name, values.keySet()));
      }
      return value;
    }

    /// A whole number.
    public int whole(String name) {
      Object value = get(name);
      Check.argument(
          value instanceof Integer || value instanceof Long,
          "sweep: parameter '%s' is %s, not a whole number",
          name,
          value);
      return Math.toIntExact(((Number) value).longValue());
    }

    /// A number.
    public double number(String name) {
      Object value = get(name);
      Check.argument(
          value instanceof Number, "sweep: parameter '%s' is %s, not a number", name, value);
      return ((Number) value).doubleValue();
    }

    /// A text.
    public String text(String name) {
      return get(name).toString();
    }
  }

  /// A sweep of nothing yet.
  public static Sweep of(String title) {
    return new Sweep(title, Map.of(), Optional.empty(), Progress.SILENT);
  }

  /// This sweep over one more parameter; the last one changes fastest. Values are told apart by
  /// their texts.
  public Sweep over(String name, Object... values) {
    Check.argument(!axes.containsKey(name), "sweep: parameter '%s' is there already", name);
    Check.argument(values.length > 0, "sweep: parameter '%s' has no values", name);
    long texts = Stream.of(values).map(Object::toString).distinct().count();
    Check.argument(texts == values.length, "sweep: parameter '%s' has a value twice", name);
    Map<String, List<Object>> more = new LinkedHashMap<>(axes);
    more.put(name, List.of(values));
    return new Sweep(title, more, file, progress);
  }

  /// This sweep with its rows kept in a CSV file. Rows that are in it already are not measured
  /// again; a file of other parameters is refused. Beside the finished file stands its
  /// [maia.lab.manifest.Manifest].
  public Sweep file(Path csv) {
    return new Sweep(title, axes, Optional.of(csv), progress);
  }

  /// This sweep with its progress shown.
  public Sweep progress(Progress to) {
    return new Sweep(title, axes, file, to);
  }

  /// How many combinations there are.
  public long size() {
    return axes.values().stream().mapToLong(List::size).reduce(1, Math::multiplyExact);
  }

  /// Measures every combination on all cores: `measure` names its results in the order in which
  /// columns appear, the same names for every combination. The table is in the order of the axes,
  /// whichever finished first.
  public TableData run(Function<Point, Map<String, ?>> measure) {
    Check.argument(!axes.isEmpty(), "sweep '%s' has no parameters; call over(...)", title);
    List<Point> points = points();
    Map<String, Map<String, String>> known = new LinkedHashMap<>();
    file.ifPresent(path -> known.putAll(read(path)));
    List<Point> open = points.stream().filter(p -> !known.containsKey(key(p))).toList();
    progress.report(title, points.size() - open.size(), points.size());
    measureAll(open, points.size(), measure, known);
    TableData table = table(points, known);
    file.ifPresent(path -> {
      replace(path, table);
      manifest(path);
    });
    return table;
  }

  private List<Point> points() {
    List<Map<String, Object>> all = List.of(Map.of());
    for (Map.Entry<String, List<Object>> axis : axes.entrySet()) {
      List<Map<String, Object>> longer = new ArrayList<>();
      for (Map<String, Object> start : all) {
        for (Object value : axis.getValue()) {
          Map<String, Object> point = new LinkedHashMap<>(start);
          point.put(axis.getKey(), value);
          longer.add(point);
        }
      }
      all = longer;
    }
    return all.stream().map(Point::new).toList();
  }

  private String key(Point point) {
    return axes.keySet().stream().map(point::text).collect(Collectors.joining("\u0000"));
  }

  private void measureAll(
      List<Point> open,
      int total,
      Function<Point, Map<String, ?>> measure,
      Map<String, Map<String, String>> known) {
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService pool =
        Executors.newFixedThreadPool(cores, Thread.ofPlatform().daemon().factory());
    try {
      var finished = new ExecutorCompletionService<Map.Entry<Point, Map<String, String>>>(pool);
      for (Point point : open) {
        Callable<Map.Entry<Point, Map<String, String>>> task =
            () -> Map.entry(point, row(point, measure));
        finished.submit(task);
      }
      for (int i = 0; i < open.size(); i++) {
        Stop.poll("sweep");
        Map.Entry<Point, Map<String, String>> done = take(finished.take());
        known.put(key(done.getKey()), done.getValue());
        file.ifPresent(path -> append(path, done.getValue()));
        progress.report(title, total - open.size() + i + 1, total);
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      Stop.poll("sweep");
    } finally {
      pool.shutdownNow();
    }
  }

  private static <T> T take(Future<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("sweep: a combination failed", failed.getCause());
    }
  }

  private Map<String, String> row(Point point, Function<Point, Map<String, ?>> measure) {
    Map<String, String> row = new LinkedHashMap<>();
    axes.keySet().forEach(name -> row.put(name, point.text(name)));
    try {
      measure.apply(point).forEach((name, value) -> row.put(name, cell(value)));
    } catch (IllegalArgumentException refused) {
      row.put(REFUSED, String.valueOf(refused.getMessage()));
    }
    return row;
  }

  private static String cell(Object value) {
    return value instanceof Double || value instanceof Float
        ? String.format(Locale.ROOT, "%.6g", ((Number) value).doubleValue())
        : value.toString();
  }

  private TableData table(List<Point> points, Map<String, Map<String, String>> known) {
    List<String> columns = new ArrayList<>(axes.keySet());
    for (Map<String, String> row : known.values()) {
      row.keySet().stream()
          .filter(c -> !columns.contains(c) && !c.equals(REFUSED))
          .forEach(columns::add);
    }
    if (known.values().stream().anyMatch(row -> row.containsKey(REFUSED))) {
      columns.add(REFUSED);
    }
    List<List<String>> rows =
        points.stream()
            .map(p -> Check.present(known.get(key(p)), "Sweep", "row"))
            .map(row -> columns.stream().map(c -> row.getOrDefault(c, "")).toList())
            .toList();
    return new TableData(title, columns, rows);
  }

  // ---------------------------------------------------------------- the file

  /// One finished row with its names, so that a sweep that was cut off can be read back: a line of
  /// the journal beside the file.
  private static void append(Path file, Map<String, String> row) {
    List<String> cells = new ArrayList<>();
    row.forEach((name, value) -> {
      cells.add(name);
      cells.add(value);
    });
    try {
      Files.writeString(
          journal(file), csv(cells), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("sweep: " + journal(file) + " cannot be written", e);
    }
  }

  /// What the table stands on, beside it.
  private void manifest(Path file) {
    List<String> words = new ArrayList<>(List.of(title));
    axes.forEach((name, values) -> words.add(name + " = " + values));
    SequencedMap<String, String> outputs = new LinkedHashMap<>();
    outputs.put(String.valueOf(file.getFileName()), Digest.of(file));
    Manifest.of("sweep", words, new LinkedHashMap<>(), new LinkedHashMap<>(), outputs)
        .write(file.resolveSibling(file.getFileName() + ".manifest.json"));
  }

  private static Path journal(Path file) {
    return file.resolveSibling(file.getFileName() + ".part");
  }

  private static String csv(List<String> cells) {
    return cells.stream()
        .map(c -> "\"" + c.replace("\"", "\"\"").replace('\n', ' ') + "\"")
        .collect(Collectors.joining(",", "", "\n"));
  }

  private static void replace(Path file, TableData table) {
    StringBuilder text = new StringBuilder(csv(table.columns()));
    table.rows().forEach(row -> text.append(csv(row)));
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(draft, text);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(journal(file));
    } catch (IOException e) {
      throw new UncheckedIOException("sweep: " + file + " cannot be written", e);
    }
  }

  private Map<String, Map<String, String>> read(Path path) {
    Map<String, Map<String, String>> known = new LinkedHashMap<>();
    for (List<String> row : rows(journal(path), false)) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int i = 0; i + 1 < row.size(); i += 2) {
        if (!row.get(i).isEmpty()) {
          cells.put(row.get(i), row.get(i + 1));
        }
      }
      keep(path, cells, known);
    }
    List<List<String>> whole = rows(path, true);
    for (List<String> row : whole.subList(Math.min(1, whole.size()), whole.size())) {
      Map<String, String> cells = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        if (!row.get(i).isEmpty()) {
          cells.put(whole.getFirst().get(i), row.get(i));
        }
      }
      keep(path, cells, known);
    }
    return known;
  }

  private void keep(Path path, Map<String, String> cells, Map<String, Map<String, String>> known) {
    List<String> names = List.copyOf(axes.keySet());
    List<String> first = cells.keySet().stream().limit(names.size()).toList();
    Check.argument(
        first.equals(names),
        "sweep: %s holds a sweep over %s, this one is over %s; give another file",
        path,
        first,
        names);
    known.putIfAbsent(
        names.stream().map(n -> cells.getOrDefault(n, "")).collect(Collectors.joining("\u0000")),
        cells);
  }

  private static List<List<String>> rows(Path path, boolean header) {
    try {
      if (!Files.exists(path) || Files.size(path) == 0) {
        return List.of();
      }
      Check.argument(Files.size(path) <= LARGEST_FILE, "sweep: %s is no table of a sweep", path);
      Table table =
          Table.read()
              .usingOptions(
                  CsvReadOptions.builder(path.toFile())
                      .header(false)
                      .allowDuplicateColumnNames(true)
                      .columnTypes(_ -> ColumnType.STRING)
                      .build());
      List<List<String>> rows = new ArrayList<>();
      for (int r = 0; r < table.rowCount(); r++) {
        List<String> row = new ArrayList<>();
        for (int c = 0; c < table.columnCount(); c++) {
          row.add(table.getString(r, c));
        }
        rows.add(row);
      }
      Check.argument(!header || !rows.isEmpty(), "sweep: %s has no header", path);
      return rows;
    } catch (RuntimeException malformed) {
      throw new IllegalArgumentException(
          "sweep: %s is no table of a sweep: %s".formatted(path, malformed.getMessage()),
          malformed);
    } catch (IOException e) {
      throw new UncheckedIOException("sweep: " + path + " cannot be read", e);
    }
  }
}
