package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// One number for the bits of everything the room computes, over seeded inputs. Also a program, so
/// that a test can ask other virtual machines.
final class Bits {
  private static final int COUNT = 1003;
  private long hash = 0xcbf29ce484222325L;

  private Bits() {}

  /// Prints the hash with plain loops, and with vector loops where there are any.
  public static void main(String[] arguments) throws InterruptedException {
    String cold = Long.toHexString(hash());
    WarmUp.await();
    String warm = Long.toHexString(hash());
    System.out.println(cold + " " + warm);
  }

  static long hash() {
    Bits bits = new Bits();
    SplittableRandom random = new SplittableRandom(2026);
    bits.functions(random);
    bits.reductions(random);
    bits.products(random);
    bits.codecs(random);
    bits.blocks(random);
    return bits.hash;
  }

  private void functions(SplittableRandom random) {
    float[] x = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      int word = random.nextInt();
      x[i] = (i & 1) == 0 ? Float.intBitsToFloat(word) : word * 0x1p-27f;
    }
    float[] y = new float[COUNT];
    for (FmathTest.Bulk bulk : BULK) {
      bulk.apply(x, 0, y, 0, COUNT);
      add(y);
    }
    for (int i = 0; i < 64; i++) {
      add(Philox.normal(5, i));
    }
  }

  private static final FmathTest.Bulk[] BULK = {
    Fmath::exp,
    Fmath::exp2,
    Fmath::log,
    Fmath::log2,
    Fmath::tanh,
    Fmath::erf,
    Fmath::sigmoid,
    Fmath::sin,
    Fmath::cos
  };

  private void reductions(SplittableRandom random) {
    float[] x = values(random, COUNT);
    for (int count : new int[] {0, 1, 17, 64, COUNT}) {
      add(Reduce.sum(x, 0, count, 1));
      add(Reduce.max(x, 0, count, 1));
      add(Reduce.min(x, 0, count, 1));
    }
    add(Reduce.sum(x, 1, COUNT / 3, 3));
  }

  private void products(SplittableRandom random) {
    int[][] sizes = {{1, 50, 70}, {37, 45, 300}, {64, 64, 64}, {50, 2, 40}, {130, 200, 100}};
    for (int[] size : sizes) {
      int m = size[0];
      int n = size[1];
      int k = size[2];
      float[] a = values(random, m * k);
      float[] b = values(random, k * n);
      float[] c = values(random, m * n);
      MatMul.multiplyAdd(m, n, k, a, 0, k, 1, b, 0, 1, k, c, 0, n);
      MatMul.parallel(m, n, k, a, 0, 1, m, b, 0, n, 1, c, 0, n);
      add(c);
    }
  }

  private void codecs(SplittableRandom random) {
    float[] x = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      x[i] = Math.scalb(random.nextFloat() - 0.5f, random.nextInt(-20, 20));
    }
    for (DType type : DType.values()) {
      MemorySegment memory = Arena.ofAuto().allocate(type.bytes(2 * COUNT + 8));
      Codec codec = Codec.of(type);
      float[] y = new float[COUNT];
      codec.encode(x, 0, COUNT, memory, 5, 1);
      codec.decode(memory, 5, 1, COUNT, y, 0);
      add(y);
      codec.encode(x, 0, 99, memory, 1, 2, Rounding.stochastic(4), Overflow.NON_SATURATE);
      codec.decode(memory, 1, 2, 99, y, 0);
      add(y);
    }
  }

  private void blocks(SplittableRandom random) {
    HostArray array = HostArray.of(values(random, 9 * 100), DType.F32, 9, 100);
    for (BlockFormat format :
        new BlockFormat[] {
          BlockFormat.MXFP8_E4M3,
          BlockFormat.MXFP6_E2M3,
          BlockFormat.MXFP4,
          BlockFormat.MXINT8,
          BlockFormat.NVFP4
        }) {
      for (ScaleRule rule : ScaleRule.values()) {
        add(BlockCodec.quantize(array, format, rule).toFloats());
      }
    }
  }

  private static float[] values(SplittableRandom random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  private void add(float[] values) {
    for (float value : values) {
      add(value);
    }
  }

  private void add(float value) {
    hash = (hash ^ Float.floatToIntBits(value)) * 0x100000001b3L;
  }
}
