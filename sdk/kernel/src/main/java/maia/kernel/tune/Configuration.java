package maia.kernel.tune;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import maia.base.Check;

/// Metas with their values, in order.
///
/// @param metas name to value: an [Integer], a [Boolean], an enum or a block format
public record Configuration(SequencedMap<String, Object> metas) {
  public Configuration {
    metas = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metas));
  }

  /// The value of an integer meta.
  public int integer(String meta) {
    if (metas.get(meta) instanceof Integer value) {
      return value;
    }
    throw new IllegalArgumentException("no integer meta '%s'; there are %s".formatted(meta, metas));
  }

  /// This configuration with one more meta.
  Configuration with(String meta, Object value) {
    Check.argument(
        !metas.containsKey(meta), "tune: meta '%s' is given twice; name each once", meta);
    SequencedMap<String, Object> more = new LinkedHashMap<>(metas);
    more.put(meta, value);
    return new Configuration(more);
  }

  /// Such as `BM=64 BN=128`.
  @Override
  public String toString() {
    return metas.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }
}
