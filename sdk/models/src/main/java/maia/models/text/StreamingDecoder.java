package maia.models.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Turns tokens that come one by one into text. A character whose bytes are spread over several
/// tokens appears with the last of them.
public final class StreamingDecoder {
  private final Tokenizer tokenizer;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] open = new byte[0];
  private boolean isStart = true;

  StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// The text that `token` completes, often empty.
  public String accept(int token) {
    byte[] bytes = tokenizer.bytes(token, isStart);
    isStart &= tokenizer.isSpecial(token);
    return decode(bytes, false);
  }

  /// What is left: U+FFFD where the last character is incomplete. The decoder starts anew.
  public String finish() {
    String rest = decode(new byte[0], true);
    utf8.reset();
    isStart = true;
    return rest;
  }

  private String decode(byte[] bytes, boolean isEnd) {
    ByteBuffer in = ByteBuffer.allocate(open.length + bytes.length).put(open).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    utf8.decode(in, out, isEnd);
    if (isEnd) {
      utf8.flush(out);
    }
    open = new byte[in.remaining()];
    in.get(open);
    return out.flip().toString();
  }
}
