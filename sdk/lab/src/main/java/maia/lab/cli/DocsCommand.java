package maia.lab.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/// `./maia docs [--out FOLDER]`: the documentation of every package that users may import, as web
/// pages, made by the JDK's own `javadoc`. Nothing is fetched.
final class DocsCommand {
  private static final String USAGE = "usage: ./maia docs [--out FOLDER]";

  private DocsCommand() {}

  static int run(List<String> arguments) throws IOException {
    Path home = Path.of(System.getProperty("maia.home", "."));
    Path folder = home.resolve("target").resolve("docs");
    if (arguments.size() == 2 && arguments.getFirst().equals("--out")) {
      folder = Path.of(arguments.get(1));
    } else if (!arguments.isEmpty()) {
      throw new UsageException(
          "docs does not take '%s'; %s".formatted(String.join(" ", arguments), USAGE));
    }
    List<Path> files = Rooms.of(home, "docs").exportedFiles();
    System.err.println("reading " + files.size() + " files; this takes a minute");
    String complaints = write(files, folder);
    if (!complaints.isEmpty()) {
      System.err.println(complaints);
      return 1;
    }
    System.out.println("documentation: " + folder.resolve("index.html"));
    return 0;
  }

  /// Writes the pages and returns what `javadoc` complained about: nothing, or errors and warnings.
  static String write(List<Path> files, Path folder) throws IOException {
    ToolProvider javadoc =
        ToolProvider.findFirst("javadoc")
            .orElseThrow(
                () -> new UsageException("docs: this Java has no javadoc tool; use a whole JDK"));
    Files.createDirectories(folder);
    Path overview = Files.createTempFile("overview", ".html");
    StringWriter complaints = new StringWriter();
    try {
      Files.writeString(overview, OVERVIEW);
      PrintWriter to = new PrintWriter(complaints);
      int code = javadoc.run(to, to, options(files, folder, overview));
      to.flush();
      List<String> lines =
          complaints.toString().lines().filter(line -> !isIncubating(line)).toList();
      return code == 0 && lines.stream().noneMatch(line -> line.contains("warning:"))
          ? ""
          : String.join("\n", lines);
    } finally {
      Files.deleteIfExists(overview);
    }
  }

  /// `javadoc` says twice that the vector module incubates; there is no option against it.
  private static boolean isIncubating(String line) {
    return line.contains("[incubating]") || line.matches("\\d+ warnings?");
  }

  private static String[] options(List<Path> files, Path folder, Path overview) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-quiet",
                "-Xdoclint:all,-missing",
                "-encoding",
                "UTF-8",
                "-windowtitle",
                "Maia4J",
                "-doctitle",
                "Maia4J",
                "-overview",
                overview.toString(),
                "-notimestamp",
                "-d",
                folder.toString(),
                "-classpath",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path"))));
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("jdk.incubator.")) {
        options.addAll(List.of("--add-modules", module.getName()));
      }
    }
    files.forEach(file -> options.add(file.toString()));
    return options.toArray(String[]::new);
  }

  private static final String OVERVIEW =
      """
      <!DOCTYPE html><html lang="en"><head><title>Maia4J</title></head><body>
      <p>An open Java research SDK for a simulated Maia 200 inference accelerator. Independent; not affiliated with
      Microsoft. Where to begin: {@link maia.kernel.Kernel} to write kernels, {@link maia.tensor.Tensor} for tensors,
      {@link maia.runtime.Session} to run and measure, {@link maia.plan.Projection} for whole models,
      {@link maia.lab.Viz} for pictures.</p>
      </body></html>
      """;
}
