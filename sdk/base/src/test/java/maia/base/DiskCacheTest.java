package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCacheTest {
  @TempDir Path folder;

  private DiskCache cache(int files) {
    return DiskCache.in(folder.resolve("answers"), files, 1000);
  }

  private List<Path> written() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("answers"))) {
      return all.filter(f -> f.toString().endsWith(".txt")).sorted().toList();
    }
  }

  @Test
  void put_isReadByAnotherCacheOfTheFolder() throws IOException {
    cache(4).put("the key\nof two lines", "an answer\n");
    assertThat(cache(4).get("the key\nof two lines")).hasValue("an answer\n");
    assertThat(cache(4).get("another key")).isEmpty();
    assertThat(Files.readString(written().getFirst()))
        .matches("maia4j cache 1\n[0-9a-f]{64}\nthe key\nof two lines\n--- content\nan answer\n");
  }

  @Test
  void changedFile_isAMissAndIsWrittenAnew() throws IOException {
    cache(4).put("k", "right");
    Path file = written().getFirst();
    Files.writeString(file, Files.readString(file).replace("right", "wrong"));
    assertThat(cache(4).get("k")).isEmpty();
    cache(4).put("k", "right");
    assertThat(cache(4).get("k")).hasValue("right");
  }

  @Test
  void tornOrForeignFile_isAMiss() throws IOException {
    cache(4).put("k", "right");
    Path file = written().getFirst();
    String whole = Files.readString(file);
    for (int length = 0; length < whole.length(); length++) {
      Files.writeString(file, whole.substring(0, length));
      assertThat(cache(4).get("k")).isEmpty();
    }
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(cache(4).get("k")).isEmpty();
  }

  @Test
  void fileFromAnotherFolder_isAMiss() throws IOException {
    DiskCache other = DiskCache.in(folder.resolve("other"), 4, 1000);
    other.put("k", "planted");
    cache(4).put("k", "right");
    try (Stream<Path> all = Files.list(other.folder())) {
      Path planted = all.filter(f -> f.toString().endsWith(".txt")).findFirst().orElseThrow();
      Files.write(written().getFirst(), Files.readAllBytes(planted));
    }
    assertThat(cache(4).get("k")).isEmpty();
  }

  @Test
  void tooMany_theOldestLeave() throws IOException {
    for (int i = 0; i < 3; i++) {
      cache(3).put("k" + i, "a" + i);
      for (Path file : written()) {
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() - 10_000));
      }
    }
    cache(3).put("k3", "a3");
    assertThat(cache(3).get("k0")).isEmpty();
    assertThat(cache(3).get("k1")).hasValue("a1");
    assertThat(cache(3).get("k3")).hasValue("a3");
    assertThat(cache(3).usage().files()).isEqualTo(3);
  }

  @Test
  void tooLong_isNotKept() {
    cache(3).put("k", "x".repeat(1000));
    assertThat(cache(3).get("k")).isEmpty();
    assertThat(cache(3).usage()).isEqualTo(new DiskCache.Usage(0, 0));
  }

  @Test
  void clear_forgets() {
    cache(3).put("k", "a");
    cache(3).clear();
    assertThat(cache(3).get("k")).isEmpty();
  }

  @Test
  void folderThatCannotBe_isAlwaysAMiss() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    DiskCache cache = DiskCache.in(file.resolve("below"), 3, 1000);
    cache.put("k", "a");
    assertThat(cache.get("k")).isEmpty();
    assertThat(cache.usage()).isEqualTo(new DiskCache.Usage(0, 0));
  }

  @Test
  void interruptedThread_leavesTheCacheUsable() {
    Thread.currentThread().interrupt();
    cache(3).put("k", "a");
    cache(3).get("k");
    assertThat(Thread.interrupted()).isTrue();
    cache(3).put("k", "a");
    assertThat(cache(3).get("k")).hasValue("a");
  }

  @Test
  void fourThreads_shareAFolder() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 20; i++) {
                  cache(64).put("k" + i, "a" + i);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (int i = 0; i < 20; i++) {
      cache(64).put("k" + i, "a" + i); // under one seal, whoever made it
      assertThat(cache(64).get("k" + i)).hasValue("a" + i);
    }
  }

  @Test
  void noRoom_isRefused() {
    assertThatThrownBy(() -> DiskCache.in(folder, 0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a cache needs room, got 0 files of 10 bytes");
  }

  @Test
  void buildStamp_ofTheSameClasses_isTheSame() {
    assertThat(BuildStamp.of(DiskCache.class)).isPresent().isEqualTo(BuildStamp.of(Check.class));
    assertThat(BuildStamp.of(String.class)).isEmpty(); // the JDK's own classes have no file
  }
}
