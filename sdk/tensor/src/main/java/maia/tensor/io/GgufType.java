package maia.tensor.io;

import java.util.Arrays;
import java.util.Optional;

/// How the elements of a GGUF tensor are stored: blocks of elements and their bytes.
public enum GgufType {
  /// IEEE binary32.
  F32(0, 1, 4),
  /// IEEE binary16.
  F16(1, 1, 2),
  /// 4-bit integers around 8, an fp16 scale for 32.
  Q4_0(2, 32, 18),
  /// 4-bit integers, fp16 scale and minimum for 32.
  Q4_1(3, 32, 20),
  /// 5-bit integers around 16, an fp16 scale for 32.
  Q5_0(6, 32, 22),
  /// 5-bit integers, fp16 scale and minimum for 32.
  Q5_1(7, 32, 24),
  /// 8-bit integers, an fp16 scale for 32.
  Q8_0(8, 32, 34),
  /// 2-bit integers, 4-bit scales and minima for 16, fp16 for 256.
  Q2_K(10, 256, 84),
  /// 3-bit integers, 6-bit scales for 16, fp16 for 256.
  Q3_K(11, 256, 110),
  /// 4-bit integers, 6-bit scales and minima for 32, fp16 for 256.
  Q4_K(12, 256, 144),
  /// 5-bit integers, 6-bit scales and minima for 32, fp16 for 256.
  Q5_K(13, 256, 176),
  /// 6-bit integers, 8-bit scales for 16, fp16 for 256.
  Q6_K(14, 256, 210),
  /// 8-bit integers.
  I8(24, 1, 1),
  /// 16-bit integers.
  I16(25, 1, 2),
  /// 32-bit integers.
  I32(26, 1, 4),
  /// The upper half of binary32.
  BF16(30, 1, 2),
  /// OCP MXFP4: an E8M0 scale for 32.
  MXFP4(39, 32, 17),
  /// E2M1 with a UE4M3 scale for 16, four together; a scale of the tensor, where there is one, is
  /// another tensor of the file.
  NVFP4(40, 64, 36);

  private final int code;
  private final int block;
  private final int bytes;

  GgufType(int code, int block, int bytes) {
    this.code = code;
    this.block = block;
    this.bytes = bytes;
  }

  /// The number that files name it by.
  public int code() {
    return code;
  }

  /// Elements of a block; the last dimension of a tensor is a multiple of it.
  public int block() {
    return block;
  }

  /// Bytes of a block.
  public int blockBytes() {
    return bytes;
  }

  /// Bits an element takes, its share of scales included.
  public double bitsPerElement() {
    return 8.0 * bytes / block;
  }

  static Optional<GgufType> of(int code) {
    return Arrays.stream(values()).filter(t -> t.code == code).findFirst();
  }
}
