package maia.quant;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;

/// Where the numbers of a report come from: enough to compute them again.
///
/// @param entries names and values, such as the rules in force, hashes of model and data, and seeds
public record Provenance(SortedMap<String, String> entries) {
  private static final int HASH_DIGITS = 16;

  public Provenance {
    entries = new TreeMap<>(entries);
  }

  @Override
  public SortedMap<String, String> entries() {
    return new TreeMap<>(entries);
  }

  /// Nothing known.
  public static Provenance empty() {
    return new Provenance(new TreeMap<>());
  }

  /// This provenance with one more entry.
  public Provenance with(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(entries);
    more.put(name, value);
    return new Provenance(more);
  }

  /// The first digits of SHA-256 over the names, shapes and values (as binary32) of a model's
  /// parameters.
  public static String hash(Module model) {
    MessageDigest digest = sha256();
    for (Map.Entry<String, Tensor> entry : model.namedParameters().entrySet()) {
      digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
      add(digest, entry.getValue());
    }
    return text(digest);
  }

  /// The first digits of SHA-256 over the shape and the values (as binary32) of a tensor.
  public static String hash(Tensor values) {
    MessageDigest digest = sha256();
    add(digest, values);
    return text(digest);
  }

  private static void add(MessageDigest digest, Tensor values) {
    float[] numbers = values.detach().toArray();
    ByteBuffer bytes =
        ByteBuffer.allocate(8 * values.rank() + 4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long size : values.shape()) {
      bytes.putLong(size);
    }
    for (float number : numbers) {
      bytes.putInt(Float.floatToIntBits(number));
    }
    digest.update(bytes.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("bug in Provenance: every Java has SHA-256", e);
    }
  }

  private static String text(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    entries.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
