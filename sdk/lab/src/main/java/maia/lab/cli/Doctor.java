package maia.lab.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import maia.lab.TableData;
import maia.lab.jupyter.KernelInstall;

/// `./maia doctor`: what was found on this machine, and what to do about what was not.
final class Doctor {
  private Doctor() {}

  static int run(List<String> arguments) {
    if (!arguments.isEmpty()) {
      throw new UsageException(
          "doctor takes no arguments, got '%s'".formatted(arguments.getFirst()));
    }
    System.out.println(findings());
    return 0;
  }

  /// One row per thing looked for.
  static TableData findings() {
    return TableData.of("", "looked for", "found")
        .row("JDK", Runtime.version() + " in " + System.getProperty("java.home"))
        .row("vector module", vector())
        .row("cores", String.valueOf(Runtime.getRuntime().availableProcessors()))
        .row("memory", memory())
        .row(
            "Jupyter",
            Jupyter.find(System.getenv().getOrDefault("PATH", ""))
                .map(Path::toString)
                .orElse("not found; " + Jupyter.HOW_TO_GET))
        .row("Jupyter kernel", kernel())
        .row("caches", caches());
  }

  private static String vector() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return "not loaded: everything works with the same results, slower";
    }
    return "preferred width " + VectorWidth.bits() + " bits";
  }

  private static String memory() {
    long heap = Runtime.getRuntime().maxMemory();
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    String machine =
        system instanceof com.sun.management.OperatingSystemMXBean known
            ? mebibytes(known.getTotalMemorySize()) + " in the machine, "
            : "";
    return machine + mebibytes(heap) + " for the Java heap";
  }

  private static String kernel() {
    Path file = KernelInstall.file(KernelInstall.userDirectory(System.getenv()));
    return Files.exists(file) ? file.toString() : "not registered; ./maia lab registers it";
  }

  private static String caches() {
    Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
    return Files.isDirectory(repository) ? "libraries in " + repository : "none";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }
}
