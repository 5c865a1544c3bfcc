package maia.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of small readable files, each the answer to one key, kept between processes.
///
/// A file is believed only when this user wrote it with the seal of this folder and it carries the
/// whole key; a torn, changed or foreign file is a miss and is written anew. Writing goes through a
/// temporary file and an atomic move, so several processes may share a folder. When the folder
/// cannot be used, every look-up is a miss: a cache never fails its caller.
public final class DiskCache {
  private static final String SUFFIX = ".txt";
  private static final String FORM = "maia4j cache 1\n";
  private static final String CONTENT = "\n--- content\n";

  private final Path folder;
  private final int files;
  private final int bytesEach;

  private DiskCache(Path folder, int files, int bytesEach) {
    this.folder = folder;
    this.files = files;
    this.bytesEach = bytesEach;
  }

  /// How much a cache holds.
  ///
  /// @param files number of answers
  /// @param bytes their size
  public record Usage(int files, long bytes) {}

  private record Entry(Path file, long changed) {}

  /// The cache `name` in the folder in force; empty when caches are off.
  public static Optional<DiskCache> named(String name, int files, int bytesEach) {
    return CacheFolder.current().map(folder -> in(folder.resolve(name), files, bytesEach));
  }

  /// A cache in `folder` that keeps at most `files` answers, the oldest leave first; longer ones
  /// than `bytesEach` are not kept.
  public static DiskCache in(Path folder, int files, int bytesEach) {
    Check.argument(
        files > 0 && bytesEach > 0,
        "a cache needs room, got %d files of %d bytes",
        files,
        bytesEach);
    return new DiskCache(folder.toAbsolutePath(), files, bytesEach);
  }

  /// The folder.
  public Path folder() {
    return folder;
  }

  /// The answer to `key`, when one was kept.
  public Optional<String> get(String key) {
    Path file = file(key);
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > bytesEach) {
        return Optional.empty();
      }
      Optional<Seal> seal = Seal.read(folder);
      if (seal.isEmpty()) {
        return Optional.empty();
      }
      String text = Files.readString(file);
      String expected = key + CONTENT;
      int body = FORM.length() + Seal.LENGTH + 1;
      boolean isOurs =
          text.length() >= body
              && text.startsWith(FORM)
              && text.startsWith(expected, body)
              && text.startsWith(seal.get().of(text.substring(body)) + "\n", FORM.length());
      return isOurs ? Optional.of(text.substring(body + expected.length())) : Optional.empty();
    } catch (IOException | UncheckedIOException | SecurityException unreadable) {
      return Optional.empty();
    }
  }

  /// Keeps `content` as the answer to `key`; does nothing when the folder cannot be written.
  public void put(String key, String content) {
    String text = key + CONTENT + content;
    if (text.length() > bytesEach - FORM.length() - Seal.LENGTH - 1) {
      return;
    }
    try {
      Files.createDirectories(folder);
      Seal seal = Seal.readOrMake(folder);
      write(file(key), FORM + seal.of(text) + "\n" + text);
      shrink();
    } catch (IOException | UncheckedIOException | SecurityException unwritable) {
      // the next process computes it again
    }
  }

  private void write(Path file, String text) throws IOException {
    Path temporary = Files.createTempFile(folder, "new", ".tmp");
    try {
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /// What the cache holds now.
  public Usage usage() {
    try {
      List<Path> answers = answers();
      long bytes = 0;
      for (Path answer : answers) {
        bytes += Files.exists(answer) ? Files.size(answer) : 0;
      }
      return new Usage(answers.size(), bytes);
    } catch (IOException | UncheckedIOException | SecurityException unreadable) {
      return new Usage(0, 0);
    }
  }

  /// Removes every answer, and the folder when nothing else is in it. Files that are not this
  /// cache's stay.
  public void remove() {
    clear();
    try {
      if (Seal.read(folder).isPresent()) {
        Files.deleteIfExists(Seal.file(folder));
      }
      Files.deleteIfExists(folder);
    } catch (IOException | UncheckedIOException | SecurityException notEmpty) {
      // what is not ours stays, and the folder with it
    }
  }

  /// Removes every answer.
  public void clear() {
    try {
      for (Path answer : answers()) {
        Files.deleteIfExists(answer);
      }
    } catch (IOException | UncheckedIOException | SecurityException unwritable) {
      // what cannot be removed stays
    }
  }

  private void shrink() throws IOException {
    List<Path> answers = answers();
    if (answers.size() <= files) {
      return;
    }
    List<Entry> byAge = new ArrayList<>();
    for (Path answer : answers) {
      if (Files.exists(answer)) { // another process may shrink too
        byAge.add(new Entry(answer, Files.getLastModifiedTime(answer).toMillis()));
      }
    }
    byAge.sort(Comparator.comparingLong(Entry::changed).thenComparing(Entry::file));
    int stay = Math.max(1, files - files / 4); // a quarter at once, so that it is rare
    for (Entry oldest : byAge.subList(0, Math.max(0, byAge.size() - stay))) {
      Files.deleteIfExists(oldest.file());
    }
  }

  private List<Path> answers() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).toList();
    }
  }

  private Path file(String key) {
    return folder.resolve(Seal.digest(key).substring(0, 32) + SUFFIX);
  }
}
