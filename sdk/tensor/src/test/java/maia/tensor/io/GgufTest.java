package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufTest {
  @TempDir Path folder;

  /// A little-endian file being put together.
  private static final class Bytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Bytes u32(long value) {
      return raw(buffer(4).putInt((int) value));
    }

    Bytes u64(long value) {
      return raw(buffer(8).putLong(value));
    }

    Bytes text(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      u64(bytes.length);
      out.writeBytes(bytes);
      return this;
    }

    Bytes raw(ByteBuffer bytes) {
      out.writeBytes(bytes.array());
      return this;
    }

    Bytes raw(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Bytes align(int to) {
      while (out.size() % to != 0) {
        out.write(0);
      }
      return this;
    }

    static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static Bytes start(long tensors, long pairs) {
    return new Bytes()
        .raw("GGUF".getBytes(StandardCharsets.US_ASCII))
        .u32(3)
        .u64(tensors)
        .u64(pairs);
  }

  private Path file(Bytes bytes) throws IOException {
    return Files.write(folder.resolve("model.gguf"), bytes.out.toByteArray());
  }

  /// A file of one tensor of `blocks` blocks.
  private Path one(GgufType type, byte[] data, int blocks) throws IOException {
    return file(
        start(1, 0)
            .text("w")
            .u32(1)
            .u64((long) blocks * type.block())
            .u32(type.code())
            .u64(0)
            .align(32)
            .raw(data));
  }

  // ---- reading

  @Test
  void metadataAndTensors_areWhatTheFileSays() throws IOException {
    ByteBuffer data = Bytes.buffer(24);
    for (int i = 1; i <= 6; i++) {
      data.putFloat(i);
    }
    Path file =
        file(
            start(1, 4)
                .text("general.architecture")
                .u32(8)
                .text("llama")
                .text("llama.block_count")
                .u32(4)
                .u32(0xffff_ffffL)
                .text("eps")
                .u32(6)
                .u32(Float.floatToRawIntBits(0.5f))
                .text("tokens")
                .u32(9)
                .u32(8)
                .u64(2)
                .text("a")
                .text("é")
                .text("blk.0.w")
                .u32(2)
                .u64(3)
                .u64(2)
                .u32(0)
                .u64(0)
                .align(32)
                .raw(data));
    Gguf gguf = Gguf.open(file);
    assertThat(gguf.metadata())
        .containsEntry("general.architecture", new GgufValue.Text("llama"))
        .containsEntry("llama.block_count", new GgufValue.Whole(0xffff_ffffL))
        .containsEntry("eps", new GgufValue.Real(0.5))
        .containsEntry(
            "tokens",
            new GgufValue.Several(List.of(new GgufValue.Text("a"), new GgufValue.Text("é"))));
    assertThat(gguf.tensors().get("blk.0.w").shape()).containsExactly(2, 3);
    assertThat(gguf.read("blk.0.w").shape()).containsExactly(2, 3);
    assertThat(gguf.read("blk.0.w").toArray()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(gguf).hasToString("gguf: 1 tensors, 4 metadata entries");
  }

  @Test
  void mxfp4_equalsTheBlockCodec() throws IOException {
    float[] x = new float[64];
    var random = new SplittableRandom(4);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] elements = new float[64];
    float[] scales = new float[2];
    BlockCodec.quantize(
        BlockFormat.MXFP4, maia.numerics.ScaleRule.FLOOR, x, 0, 64, 1, elements, 0, scales, 0);
    byte[] data = new byte[34];
    float[] expected = new float[64];
    for (int b = 0; b < 2; b++) {
      data[17 * b] = (byte) (Math.getExponent(scales[b]) + 127);
      for (int j = 0; j < 16; j++) {
        int low = code(elements[32 * b + j]);
        int high = code(elements[32 * b + j + 16]);
        data[17 * b + 1 + j] = (byte) (low | high << 4);
      }
      for (int j = 0; j < 32; j++) {
        expected[32 * b + j] = elements[32 * b + j] * scales[b];
      }
    }
    assertThat(Gguf.open(one(GgufType.MXFP4, data, 2)).read("w").toArray()).isEqualTo(expected);
  }

  private static int code(float element) {
    return Codec.of(DType.FP4_E2M1)
        .encode(element, maia.numerics.Rounding.NEAREST_EVEN, maia.numerics.Overflow.SATURATE);
  }

  /// Random bytes as blocks, against a decoding that walks the block as its layout is published:
  /// chunk after chunk with moving positions.
  @RepeatedTest(5)
  void everyQuantisedType_equalsTheWalk(RepetitionInfo repetition) throws IOException {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    for (GgufType type : GgufType.values()) {
      if (type.block() == 1 || type == GgufType.MXFP4) {
        continue;
      }
      byte[] data = new byte[3 * type.blockBytes()];
      random.nextBytes(data);
      float[] expected = new float[3 * type.block()];
      for (int b = 0; b < 3; b++) {
        smallHalves(type, data, b * type.blockBytes());
        GgufWalk.decode(type, data, b * type.blockBytes(), expected, b * type.block());
      }
      assertThat(Gguf.open(one(type, data, 3)).read("w").toArray())
          .as("%s", type)
          .isEqualTo(expected);
    }
  }

  /// Clears a bit of the exponents of fp16 scales, so that none is infinite or NaN.
  private static void smallHalves(GgufType type, byte[] data, int at) {
    int[] places =
        switch (type) {
          case Q4_0, Q5_0, Q8_0 -> new int[] {0};
          case Q4_1, Q5_1, Q4_K, Q5_K -> new int[] {0, 2};
          case Q2_K -> new int[] {80, 82};
          case Q3_K -> new int[] {108};
          case Q6_K -> new int[] {208};
          case F32, F16, BF16, I8, I16, I32, MXFP4, NVFP4 -> new int[0];
        };
    for (int place : places) {
      data[at + place + 1] &= (byte) 0xbf;
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = GgufType.class,
      names = {"F16", "BF16", "I8", "I16", "I32"})
  void plainTypes_areNumbers(GgufType type) throws IOException {
    ByteBuffer data = Bytes.buffer(2 * type.blockBytes());
    switch (type) {
      case F16 -> data.putShort((short) 0x3e00).putShort((short) 0xc000);
      case BF16 -> data.putShort((short) 0x3fc0).putShort((short) 0xc000);
      case I8 -> data.put((byte) 7).put((byte) -2);
      case I16 -> data.putShort((short) 300).putShort((short) -2);
      default -> data.putInt(70_000).putInt(-2);
    }
    float first =
        switch (type) {
          case F16, BF16 -> 1.5f;
          case I8 -> 7;
          case I16 -> 300;
          default -> 70_000;
        };
    assertThat(Gguf.open(one(type, data.array(), 2)).read("w").toArray())
        .containsExactly(first, -2);
  }

  // ---- files that lie

  private void refused(Bytes bytes, String message) throws IOException {
    Path file = file(bytes);
    assertThatThrownBy(() -> Gguf.open(file))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message);
  }

  @Test
  void otherMagic_isRefused() throws IOException {
    refused(
        new Bytes().raw("GGML".getBytes(StandardCharsets.US_ASCII)).u32(3).u64(0).u64(0),
        "gguf: the file begins with 4c4d4747, not with 'GGUF'");
  }

  @Test
  void shortFile_isRefused() throws IOException {
    refused(new Bytes().u32(3), "gguf: the file has 4 bytes, a header takes 24");
  }

  @Test
  void version2_isRefused() throws IOException {
    refused(
        new Bytes().raw("GGUF".getBytes(StandardCharsets.US_ASCII)).u32(2).u64(0).u64(0),
        "gguf: version 2 is not read, version 3 is");
  }

  @Test
  void countsBeyondTheFile_areRefused() throws IOException {
    refused(
        start(1L << 60, 0), "gguf: 1152921504606846976 tensors do not fit into a file of 24 bytes");
    refused(
        start(0, -1),
        "gguf: 18446744073709551615 metadata entries do not fit into a file of 24 bytes");
  }

  @Test
  void textBeyondTheFile_isRefused() throws IOException {
    refused(
        start(0, 1).u64(1L << 40).u64(0),
        "gguf: a metadata key takes 1099511627776 bytes at byte 32, the file has 40");
  }

  @Test
  void hugeArray_isRefusedBeforeMemoryIsTaken() throws IOException {
    refused(
        start(0, 1).text("k").u32(9).u32(0).u64(1L << 50),
        "gguf: 'k' has 1125899906842624 values, the rest of the file 0 bytes");
  }

  @Test
  void unknownTensorType_isRefusedByNumber() throws IOException {
    Path file =
        file(start(1, 0).text("w").u32(1).u64(256).u32(19).u64(0).align(32).raw(new byte[64]));
    assertThatThrownBy(() -> Gguf.open(file))
        .isInstanceOf(FileFormatException.class)
        .hasMessageStartingWith("gguf: tensor 'w' is stored as type 19, which is not read; [F32,");
  }

  @Test
  void raggedRow_isRefused() throws IOException {
    refused(
        start(1, 0).text("w").u32(1).u64(33).u32(8).u64(0).align(32).raw(new byte[64]),
        "gguf: tensor 'w': rows of 33 elements do not divide into Q8_0 blocks of 32");
  }

  @Test
  void tensorBeyondTheFile_isRefused() throws IOException {
    refused(
        start(1, 0).text("w").u32(1).u64(64).u32(0).u64(0).align(32).raw(new byte[128]),
        "gguf: tensor 'w' takes bytes 0 to 256 of the data, the file holds 128");
  }

  @Test
  void overflowingShape_isRefused() throws IOException {
    refused(
        start(1, 0).text("w").u32(2).u64(1L << 40).u64(1L << 40).u32(0).u64(0).align(32),
        "gguf: tensor 'w' of shape [1099511627776, 1099511627776] has more elements than 64-bit"
            + " numbers count");
  }

  @Test
  void overlappingTensors_areRefused() throws IOException {
    refused(
        start(2, 0)
            .text("a")
            .u32(1)
            .u64(16)
            .u32(0)
            .u64(0)
            .text("b")
            .u32(1)
            .u64(8)
            .u32(0)
            .u64(32)
            .align(32)
            .raw(new byte[64]),
        "gguf: tensors 'a' and 'b' overlap");
  }

  @Test
  void misalignedTensor_isRefused() throws IOException {
    refused(
        start(1, 0).text("w").u32(1).u64(1).u32(0).u64(4).align(32).raw(new byte[64]),
        "gguf: tensor 'w' begins at byte 4 of the data, not at a multiple of 32");
  }

  @Test
  void everyTruncation_isRefusedOrComplete() throws IOException {
    Bytes whole =
        start(1, 1)
            .text("k")
            .u32(8)
            .text("value")
            .text("w")
            .u32(1)
            .u64(4)
            .u32(0)
            .u64(0)
            .align(32)
            .raw(new byte[16]);
    byte[] bytes = whole.out.toByteArray();
    for (int length = 0; length < bytes.length; length++) {
      Path file = Files.write(folder.resolve("cut.gguf"), java.util.Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> Gguf.open(file))
          .as("%d bytes", length)
          .isInstanceOf(FileFormatException.class);
    }
  }

  @Test
  void unknownName_isRefusedWithTheFirst() throws IOException {
    Gguf gguf = Gguf.open(one(GgufType.F32, new byte[4], 1));
    assertThatThrownBy(() -> gguf.read("v"))
        .isInstanceOf(FileFormatException.class)
        .hasMessage("gguf: no tensor 'v'; the file has 1, the first is 'w'");
  }
}
