package maia.base;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where caches lie on this machine: what the system property `maia.cache` or the environment
/// variable `MAIA_CACHE` says, a folder or `off`; else the place that the operating system has for
/// caches. Caches hold what could be computed again: nothing but time depends on them.
///
/// The one class of the SDK that reads the environment (decision 026).
public final class CacheFolder {
  /// The system property that names the folder, or is `off`.
  public static final String PROPERTY = "maia.cache";

  /// The environment variable that names the folder, or is `off`; the property goes first.
  public static final String VARIABLE = "MAIA_CACHE";

  private static final String OFF = "off";

  private CacheFolder() {}

  /// The folder in force now; empty when caches are off or no place is known.
  public static Optional<Path> current() {
    return find(System::getProperty, System.getenv());
  }

  static Optional<Path> find(
      Function<String, @Nullable String> property, Map<String, String> environment) {
    String asked = property.apply(PROPERTY);
    String chosen = asked != null ? asked : environment.get(VARIABLE);
    if (chosen != null && !chosen.isBlank()) {
      return chosen.strip().equalsIgnoreCase(OFF) ? Optional.empty() : path(chosen.strip());
    }
    String home = property.apply("user.home");
    String system = String.valueOf(property.apply("os.name")).toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      return under(environment.get("LOCALAPPDATA"), "maia4j", "cache")
          .or(() -> under(home, "AppData", "Local", "maia4j", "cache"));
    }
    if (system.startsWith("mac")) {
      return under(home, "Library", "Caches", "maia4j");
    }
    return under(environment.get("XDG_CACHE_HOME"), "maia4j")
        .or(() -> under(home, ".cache", "maia4j"));
  }

  /// A place below `parent`, which must be absolute to be believed.
  private static Optional<Path> under(@Nullable String parent, String... names) {
    return Optional.ofNullable(parent)
        .filter(text -> !text.isBlank())
        .flatMap(CacheFolder::path)
        .filter(Path::isAbsolute)
        .map(base -> base.resolve(Path.of("", names)));
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException notAPath) {
      return Optional.empty();
    }
  }
}
