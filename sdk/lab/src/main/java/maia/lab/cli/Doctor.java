package maia.lab.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import maia.base.CacheFolder;
import maia.base.DiskCache;
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
    TableData found =
        TableData.of("", "looked for", "found")
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
            .row("libraries", libraries());
    Optional<Path> caches = CacheFolder.current();
    if (caches.isEmpty()) {
      return found.row(
          "caches",
          "off; %s or %s names a folder"
              .formatted(CacheFolder.VARIABLE, "-D" + CacheFolder.PROPERTY));
    }
    found =
        found.row(
            "caches", caches.get() + (Files.isDirectory(caches.get()) ? "" : ", not there yet"));
    for (Path cache : folders(caches.get())) {
      DiskCache.Usage usage = DiskCache.in(cache, 1, 1).usage();
      found =
          found.row(
              "cache of " + cache.getFileName(),
              String.format(Locale.ROOT, "%,d files, %,d KiB", usage.files(), usage.bytes() >> 10));
    }
    return found;
  }

  private static List<Path> folders(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException notThere) {
      return List.of();
    }
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

  private static String libraries() {
    Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
    return Files.isDirectory(repository) ? repository.toString() : "none";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
  }
}
