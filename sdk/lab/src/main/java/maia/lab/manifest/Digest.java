package maia.lab.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import maia.base.Stop;

/// SHA-256 of texts, files and folders, in 64 hexadecimal digits.
public final class Digest {
  private final MessageDigest digest;

  private Digest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// The digest of a text as UTF-8.
  public static String of(String text) {
    Digest all = new Digest();
    all.digest.update(text.getBytes(StandardCharsets.UTF_8));
    return all.hex();
  }

  /// The digest of a file, or of the names and contents of all files below a folder.
  public static String of(Path path) {
    Digest all = new Digest();
    try {
      if (!Files.isDirectory(path)) {
        all.add(path);
        return all.hex();
      }
      for (Path file : files(path)) {
        String name = path.relativize(file).toString().replace('\\', '/');
        all.digest.update((name + "\n" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
        all.add(file);
      }
      return all.hex();
    } catch (IOException e) {
      throw new UncheckedIOException("manifest: " + path + " cannot be read", e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void add(Path file) throws IOException {
    byte[] piece = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        Stop.poll("digest");
        digest.update(piece, 0, count);
      }
    }
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
