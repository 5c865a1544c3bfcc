package maia.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// What this machine can do at most, measured in the same run: the denominators of the shares.
final class Machine {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STEPS = 4096;
  private static final int COPY_FLOATS = 1 << 24;

  private final float[] source = new float[COPY_FLOATS];
  private final float[] target = new float[COPY_FLOATS];
  private final float[] sums = new float[LANES];

  /// Floating-point operations of one call of [#multiplyAdds].
  static double flops() {
    return 2.0 * 10 * LANES * STEPS;
  }

  /// Bytes one call of [#copy] reads and writes.
  static double copyBytes() {
    return 8.0 * COPY_FLOATS;
  }

  /// Ten independent chains of fused multiply-adds, nothing else.
  void multiplyAdds() {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector s0 = x;
    FloatVector s1 = x;
    FloatVector s2 = x;
    FloatVector s3 = x;
    FloatVector s4 = x;
    FloatVector s5 = x;
    FloatVector s6 = x;
    FloatVector s7 = x;
    FloatVector s8 = x;
    FloatVector s9 = x;
    for (int i = 0; i < STEPS; i++) {
      s0 = s0.fma(x, x);
      s1 = s1.fma(x, x);
      s2 = s2.fma(x, x);
      s3 = s3.fma(x, x);
      s4 = s4.fma(x, x);
      s5 = s5.fma(x, x);
      s6 = s6.fma(x, x);
      s7 = s7.fma(x, x);
      s8 = s8.fma(x, x);
      s9 = s9.fma(x, x);
    }
    FloatVector low = s0.add(s1).add(s2).add(s3).add(s4);
    low.add(s5).add(s6).add(s7).add(s8).add(s9).intoArray(sums, 0);
  }

  /// Copies 64 MiB.
  void copy() {
    System.arraycopy(source, 0, target, 0, COPY_FLOATS);
  }

  /// Processor features that decide speed, as text.
  static String text() {
    return "%s, %d-bit vectors, %d processors, JDK %s"
        .formatted(
            System.getProperty("os.arch"),
            SPECIES.vectorBitSize(),
            Runtime.getRuntime().availableProcessors(),
            Runtime.version());
  }
}
