package maia.models.text;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// How the text of a token becomes bytes.
///
/// @param byteLevel whether its characters stand for bytes
/// @param byteFallback whether `<0x00>` to `<0xFF>` are bytes
/// @param mark what stands for a space, empty for none
/// @param stripsStart whether the first space of all is left out
/// @param joinsWords whether there is a space between tokens
record Detokeniser(
    boolean byteLevel, boolean byteFallback, String mark, boolean stripsStart, boolean joinsWords) {
  /// The text of the token for a byte.
  static String byteToken(byte value) {
    return "<0x%02X>".formatted(value & 0xFF);
  }

  private static OptionalInt byteOf(String token) {
    boolean shaped = token.length() == 6 && token.startsWith("<0x") && token.endsWith(">");
    if (!shaped) {
      return OptionalInt.empty();
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 ? OptionalInt.empty() : OptionalInt.of(16 * high + low);
  }

  /// The bytes of a token that is not an added one.
  ///
  /// @param token its text
  /// @param isStart whether nothing came before it
  byte[] bytes(String token, boolean isStart) {
    if (byteLevel) {
      return ByteAlphabet.decode(token);
    }
    OptionalInt single = byteFallback ? byteOf(token) : OptionalInt.empty();
    if (single.isPresent()) {
      return new byte[] {(byte) single.getAsInt()};
    }
    String text = mark.isEmpty() ? token : token.replace(mark, " ");
    if (isStart && stripsStart && text.startsWith(" ")) {
      text = text.substring(1);
    }
    return (joinsWords && !isStart ? " " + text : text).getBytes(StandardCharsets.UTF_8);
  }
}
