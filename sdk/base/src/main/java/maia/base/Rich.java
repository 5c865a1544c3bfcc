package maia.base;

import java.util.LinkedHashMap;
import java.util.Map;

/// A value that shows as more than text: a notebook picks the richest form it understands.
public interface Rich {
  /// MIME type to content, richest first; binary content is base64. Always holds `text/plain`.
  Map<String, String> mime();

  /// A bundle from alternating MIME types and contents, in that order.
  static Map<String, String> bundle(String... typesAndContents) {
    Check.argument(
        typesAndContents.length % 2 == 0,
        "a bundle needs pairs of MIME type and content, got %d strings",
        typesAndContents.length);
    Map<String, String> bundle = new LinkedHashMap<>();
    for (int i = 0; i < typesAndContents.length; i += 2) {
      bundle.put(typesAndContents[i], typesAndContents[i + 1]);
    }
    return bundle;
  }
}
