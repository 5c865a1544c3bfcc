package maia.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  private static Optional<Path> find(
      Map<String, String> properties, Map<String, String> variables) {
    return CacheFolder.find(properties::get, variables);
  }

  @Test
  void property_goesBeforeTheVariable() {
    assertThat(find(Map.of("maia.cache", "/a"), Map.of("MAIA_CACHE", "/b")))
        .hasValue(Path.of("/a"));
    assertThat(find(Map.of(), Map.of("MAIA_CACHE", "/b"))).hasValue(Path.of("/b"));
  }

  @Test
  void off_switchesCachesOff() {
    assertThat(find(Map.of("maia.cache", "off", "user.home", "/users/u"), Map.of())).isEmpty();
    assertThat(find(Map.of("user.home", "/users/u"), Map.of("MAIA_CACHE", "OFF"))).isEmpty();
  }

  @Test
  void nothingAsked_isThePlaceOfTheSystem() {
    Map<String, String> linux = Map.of("os.name", "Linux", "user.home", "/users/u");
    assertThat(find(linux, Map.of())).hasValue(Path.of("/users/u/.cache/maia4j"));
    assertThat(find(linux, Map.of("XDG_CACHE_HOME", "/x"))).hasValue(Path.of("/x/maia4j"));
    assertThat(find(linux, Map.of("XDG_CACHE_HOME", "relative")))
        .hasValue(Path.of("/users/u/.cache/maia4j"));
    assertThat(find(Map.of("os.name", "Mac OS X", "user.home", "/Users/u"), Map.of()))
        .hasValue(Path.of("/Users/u/Library/Caches/maia4j"));
    assertThat(find(Map.of("os.name", "Windows 11"), Map.of("LOCALAPPDATA", "/l")))
        .hasValue(Path.of("/l/maia4j/cache"));
  }

  @Test
  void noHome_isNoFolder() {
    assertThat(find(Map.of("os.name", "Linux", "user.home", "?"), Map.of())).isEmpty();
  }
}
