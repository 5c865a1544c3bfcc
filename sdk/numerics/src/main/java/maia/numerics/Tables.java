package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Loops over codes of at most 8 bits; contiguous packed codes go by whole bytes.
final class Tables {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final int STRETCH = 1024;

  private Tables() {}

  static void decode(
      float[] table,
      int bits,
      MemorySegment from,
      long first,
      long stride,
      int count,
      float[] to,
      int at) {
    if (bits == 8) {
      decodeBytes(table, from, first, stride, count, to, at);
      return;
    }
    int group = bits == 4 ? 2 : 4;
    int head = stride == 1 ? (int) Math.min(count, -first & (group - 1)) : count;
    int body = (count - head) / group * group;
    decodeEach(table, bits, from, first, stride, head, to, at);
    long start = (first + head) * bits / 8;
    if (bits == 4) {
      decodeNibbles(table, from, start, body, to, at + head);
    } else {
      decodeTriples(table, from, start, body, to, at + head);
    }
    int done = head + body;
    decodeEach(table, bits, from, first + done, stride, count - done, to, at + done);
  }

  private static void decodeBytes(
      float[] table, MemorySegment from, long first, long stride, int count, float[] to, int at) {
    if (stride != 1) {
      for (int i = 0; i < count; i++) {
        to[at + i] = table[from.get(BYTE, first + i * stride) & 0xff];
      }
      return;
    }
    byte[] codes = Scratch.bytes(STRETCH);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      MemorySegment.copy(from, BYTE, first + done, codes, 0, size);
      lookUp(table, codes, size, to, at + done);
    }
  }

  private static void lookUp(float[] table, byte[] codes, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = table[codes[i] & 0xff];
    }
  }

  private static void decodeEach(
      float[] table,
      int bits,
      MemorySegment from,
      long first,
      long stride,
      int count,
      float[] to,
      int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = table[Packed.get(from, bits, first + i * stride)];
    }
  }

  private static void decodeNibbles(
      float[] table, MemorySegment from, long start, int count, float[] to, int at) {
    for (int i = 0; i < count / 2; i++) {
      int pair = from.get(BYTE, start + i);
      to[at + 2 * i] = table[pair & 15];
      to[at + 2 * i + 1] = table[pair >> 4 & 15];
    }
  }

  private static void decodeTriples(
      float[] table, MemorySegment from, long start, int count, float[] to, int at) {
    for (int i = 0; i < count / 4; i++) {
      int low = from.get(BYTE, start + 3L * i) & 0xff;
      int middle = from.get(BYTE, start + 3L * i + 1) & 0xff;
      int word = low | middle << 8 | from.get(BYTE, start + 3L * i + 2) << 16;
      to[at + 4 * i] = table[word & 63];
      to[at + 4 * i + 1] = table[word >> 6 & 63];
      to[at + 4 * i + 2] = table[word >> 12 & 63];
      to[at + 4 * i + 3] = table[word >> 18 & 63];
    }
  }

  /// Writes codes of `bits` bits to storage indices `first`, `first + stride`, ...
  static void encode(
      Narrow narrow,
      int bits,
      float[] from,
      int at,
      int count,
      MemorySegment to,
      long first,
      long stride) {
    int group = bits == 8 ? 1 : PackedCodes.GROUP;
    int head = stride == 1 ? (int) Math.min(count, -first & (group - 1)) : count;
    int body = (count - head) / group * group;
    encodeEach(narrow, bits, from, at, head, to, first, stride);
    encodeDense(narrow, bits, from, at + head, body, to, (first + head) * bits / 8);
    int done = head + body;
    encodeEach(narrow, bits, from, at + done, count - done, to, first + done, stride);
  }

  private static void encodeEach(
      Narrow narrow,
      int bits,
      float[] from,
      int at,
      int count,
      MemorySegment to,
      long first,
      long stride) {
    for (int i = 0; i < count; i++) {
      Packed.put(to, bits, first + i * stride, narrow.encode(from[at + i]));
    }
  }

  /// Whole bytes from byte `start` on.
  private static void encodeDense(
      Narrow narrow, int bits, float[] from, int at, int count, MemorySegment to, long start) {
    byte[] codes = Scratch.bytes(STRETCH);
    CodeLoops loops = CodeLoops.current(count);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      loops.encode(narrow, from, at + done, size, codes, 0);
      store(codes, size, bits, to, start + (long) done * bits / 8);
    }
  }

  /// Packs codes that lie one per byte, and writes them; `codes` is destroyed.
  static void store(byte[] codes, int count, int bits, MemorySegment to, long start) {
    if (bits < 8) {
      PackedCodes.pack(codes, count, bits);
    }
    MemorySegment.copy(codes, 0, to, BYTE, start, count * bits / 8);
  }
}
