package maia.lab.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  private static final String DIGEST = Digest.of("a text");

  @TempDir private Path folder;

  @Test
  void write_thenRead_givesTheSame() {
    Manifest made =
        Manifest.of(
            "generate",
            List.of("once \"there\" were", "--seed", "5"),
            map("model/config.json", DIGEST),
            map("--seed", "5"),
            map(Manifest.PRINTED, DIGEST));
    Path file = folder.resolve("m.json");
    made.write(file);
    assertThat(Manifest.read(file)).isEqualTo(made);
    assertThat(made.chips()).containsKey("maia-200");
    assertThat(made.versions()).containsKeys("maia4j", "code", "java");
  }

  @Test
  void digest_ofAFolder_changesWithNamesAndContents() throws IOException {
    assertThat(Digest.of("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Path file = Files.writeString(folder.resolve("a"), "abc");
    assertThat(Digest.of(file)).isEqualTo(Digest.of("abc"));
    String first = Digest.of(folder);
    Files.move(file, folder.resolve("b"));
    assertThat(Digest.of(folder)).isNotEqualTo(first);
  }

  @Test
  void read_whatIsNoManifest_isRefusedByName() {
    String good =
        Manifest.of("run", List.of("a.jsh"), map("a.jsh", DIGEST), map(), map("b.csv", DIGEST))
            .json();
    assertRefused("{", "End of input at line 1 column 2 path $.");
    assertRefused("[]", "is no object");
    assertRefused("{}", "the field 'arguments' is missing");
    assertRefused(
        good.replace("\"seeds\"", "\"sedes\""), "unknown field 'sedes'; did you mean 'seeds'?");
    assertRefused(
        good.replace("manifest-1", "manifest-9"),
        "format is 'maia4j-manifest-9', must be 'maia4j-manifest-1'");
    assertRefused(good.replace("\"run\"", "7"), "command is no text");
    assertRefused(
        good.replace("\"b.csv\": \"" + DIGEST, "\"b.csv\": \"" + DIGEST.substring(1)),
        "outputs.b.csv is '" + DIGEST.substring(1) + "', must be 64 hexadecimal digits");
    assertRefused("{\"inputs\": [[[[]]]]}", "nested deeper than 3");
  }

  @Test
  void read_noFileOrAHugeOne_isRefused() throws IOException {
    assertThatThrownBy(() -> Manifest.read(folder.resolve("no.json")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("manifest: there is no file " + folder.resolve("no.json"));
    Path huge = Files.write(folder.resolve("huge.json"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> Manifest.read(huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith("1048577 bytes, at most 1048576 are read");
  }

  private static void assertRefused(String text, String why) {
    assertThatThrownBy(() -> Manifest.parse("m.json", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("manifest m.json: ")
        .hasMessageContaining(why);
  }

  private static SequencedMap<String, String> map(String... entries) {
    SequencedMap<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      map.put(entries[i], entries[i + 1]);
    }
    return map;
  }
}
