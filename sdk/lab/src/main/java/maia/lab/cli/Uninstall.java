package maia.lab.cli;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maia.base.CacheFolder;
import maia.base.Check;
import maia.base.DiskCache;
import maia.lab.jupyter.KernelInstall;

/// `./maia uninstall [--yes]`: removes what the SDK wrote outside the checkout: its caches and the
/// Jupyter kernel. Without `--yes` it only says what that is.
final class Uninstall {
  private Uninstall() {}

  static int run(List<String> arguments) throws IOException {
    boolean sure = arguments.equals(List.of("--yes"));
    if (!sure && !arguments.isEmpty()) {
      throw new UsageException(
          "uninstall takes --yes or nothing, got '%s'".formatted(arguments.getFirst()));
    }
    System.out.println(run(sure, CacheFolder.current(), System.getenv()));
    return 0;
  }

  static String run(boolean sure, Optional<Path> caches, Map<String, String> environment)
      throws IOException {
    StringBuilder text = new StringBuilder();
    String verb = sure ? "removed" : "would remove";
    for (Path folder : caches.map(Uninstall::folders).orElse(List.of())) {
      DiskCache cache = DiskCache.in(folder, 1, 1);
      DiskCache.Usage usage = cache.usage();
      text.append(
          String.format(
              Locale.ROOT,
              "%s the cache %s: %,d files, %,d KiB%n",
              verb,
              folder,
              usage.files(),
              usage.bytes() >> 10));
      if (sure) {
        cache.remove();
      }
    }
    if (sure && caches.isPresent() && folders(caches.get()).isEmpty()) {
      removeIfEmpty(caches.get());
    }
    Path kernel = KernelInstall.file(KernelInstall.userDirectory(environment));
    if (Files.exists(kernel)) {
      text.append(verb).append(" the Jupyter kernel ").append(kernel).append('\n');
      if (sure) {
        Files.delete(kernel);
        removeIfEmpty(Check.present(kernel.getParent(), "Uninstall", "folder"));
      }
    }
    if (text.isEmpty()) {
      text.append("nothing of Maia4J is on this machine besides the checkout\n");
    } else if (!sure) {
      text.append("nothing was removed; ./maia uninstall --yes does it\n");
    }
    text.append("the checkout and the local Maven repository are yours to delete");
    return text.toString().replace("\r\n", "\n");
  }

  private static List<Path> folders(Path parent) {
    try (Stream<Path> all = Files.list(parent)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException notThere) {
      return List.of();
    }
  }

  private static void removeIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException someoneElses) {
      // what is not ours stays
    }
  }
}
