package maia.numerics;

import java.util.EnumMap;
import java.util.Map;
import maia.base.Check;

/// One codec per type, made on first use.
final class Codecs {
  private static final Map<DType, Codec> ALL = all();

  private Codecs() {}

  static Codec of(DType type) {
    return Check.present(ALL.get(type), "Codecs", type);
  }

  private static Map<DType, Codec> all() {
    Map<DType, Codec> codecs = new EnumMap<>(DType.class);
    for (DType type : DType.values()) {
      codecs.put(
          type,
          type.format().isPresent()
              ? new FloatCodec(type, type.format().get())
              : new PlainCodec(type));
    }
    return codecs;
  }
}
