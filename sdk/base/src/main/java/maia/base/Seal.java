package maia.base;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// Marks the files of a cache as written here: a digest over a secret of the folder and the text. A
/// file that was copied in from elsewhere, or edited, does not carry it.
final class Seal {
  /// Characters of a seal.
  static final int LENGTH = 64;

  private static final String FILE = "seal.key";
  private static final int SECRET_BYTES = 32;

  private final byte[] secret;

  private Seal(byte[] secret) {
    this.secret = secret;
  }

  /// The seal of `folder`; empty when it has none, or one that others can read or write.
  static Optional<Seal> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        || Files.size(file) != SECRET_BYTES
        || !isPrivate(file)) {
      return Optional.empty();
    }
    return Optional.of(new Seal(Files.readAllBytes(file)));
  }

  /// Where the secret of `folder` is kept.
  static Path file(Path folder) {
    return folder.resolve(FILE);
  }

  /// The seal of `folder`, made when there is no good one; of two processes one makes it.
  static Seal readOrMake(Path folder) throws IOException {
    Optional<Seal> known = read(folder);
    if (known.isPresent()) {
      return known.get();
    }
    Path file = folder.resolve(FILE);
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    Path temporary = Files.createTempFile(folder, "seal", ".tmp"); // readable by its owner only
    try {
      Files.write(temporary, secret);
      if (read(folder).isEmpty()) {
        Files.deleteIfExists(file);
      }
      Files.move(temporary, file);
    } catch (FileAlreadyExistsException madeMeanwhile) {
      return read(folder).orElseThrow(() -> new IOException("no seal in " + folder));
    } finally {
      Files.deleteIfExists(temporary);
    }
    return new Seal(secret);
  }

  private static boolean isPrivate(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return true; // folders of a user are private by the system's own rules there
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    return permissions.stream().allMatch(p -> p.name().startsWith("OWNER_"))
        && Files.getOwner(file).equals(Files.getOwner(file.toAbsolutePath().getParent()));
  }

  /// The mark of `text` under this seal.
  String of(String text) {
    MessageDigest sha = sha256();
    sha.update(secret);
    sha.update(text.getBytes(StandardCharsets.UTF_8));
    sha.update(secret);
    return HexFormat.of().formatHex(sha.digest());
  }

  /// The digest of `text` without a secret.
  static String digest(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException("bug in Seal: no SHA-256", everyJdkHasIt);
    }
  }
}
