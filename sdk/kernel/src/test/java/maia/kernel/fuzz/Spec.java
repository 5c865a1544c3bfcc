package maia.kernel.fuzz;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// A random kernel: everything about it follows from these numbers, so a failure names its replay.
///
/// @param seed what statements there are
/// @param statements how many
/// @param skipped numbers of statements left out, to make a failure smaller
public record Spec(long seed, int statements, Set<Integer> skipped) {
  /// Results a program can store.
  static final int SLOTS = 10;

  public Spec {
    skipped = Set.copyOf(skipped);
  }

  /// The kernel of `seed`, 3 to 14 statements long.
  public static Spec of(long seed) {
    return new Spec(seed, 3 + new SplittableRandom(seed).nextInt(12), Set.of());
  }

  /// Whether it is made of element-wise operations, reductions, products, loops and branches only:
  /// every second kernel, so that the core is tried with many neighbours.
  boolean isPlain() {
    return seed % 2 == 0;
  }

  /// Without the last statement.
  public Spec shorter() {
    return new Spec(seed, statements - 1, skipped);
  }

  /// Without statement `number`.
  public Spec without(int number) {
    Set<Integer> more = new TreeSet<>(skipped);
    more.add(number);
    return new Spec(seed, statements, more);
  }

  /// Sizes of the launch: blocks of rows and columns, programs, and what is missing at the end.
  record Sizes(int rows, int columns, int programs, int m, int n, DType narrow) {}

  Sizes sizes() {
    SplittableRandom random = new SplittableRandom(seed).split();
    int rows = 4 << random.nextInt(3);
    int columns = 8 << random.nextInt(3);
    int programs = 1 + random.nextInt(3);
    int m = programs * rows - random.nextInt(rows);
    int n = columns - random.nextInt(columns / 2);
    DType[] narrow = {DType.BF16, DType.F16, DType.FP8_E4M3, DType.FP8_E5M2};
    return new Sizes(rows, columns, programs, m, n, narrow[random.nextInt(narrow.length)]);
  }

  /// The kernel on its grid.
  public KernelLaunch launch() {
    return Kernel.define("fuzz", k -> new Body(k, this).write()).grid(sizes().programs());
  }

  /// Fresh arguments, the same at every call.
  public Object[] arguments() {
    Sizes s = sizes();
    SplittableRandom random = new SplittableRandom(~seed);
    int out = s.programs() * SLOTS * s.rows();
    return new Object[] {
      floats(random, DType.F32, s.m(), s.n()),
      floats(random, s.narrow(), s.m(), s.n()),
      floats(random, DType.F32, s.n()),
      integers(random, s.m(), s.n()),
      HostArray.zeros(DType.F32, out, s.columns()),
      HostArray.zeros(DType.I64, out, s.columns()),
      HostArray.zeros(DType.I32, 8),
      (float) random.nextDouble(-2, 2),
      random.nextLong(4)
    };
  }

  private static HostArray floats(SplittableRandom random, DType type, long... shape) {
    float[] values = new float[count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(30) == 0 ? special(random) : (float) random.nextDouble(-3, 3);
    }
    return HostArray.of(values, type, shape);
  }

  private static float special(SplittableRandom random) {
    float[] all = {0f, -0f, 1f, -1f, Float.POSITIVE_INFINITY, Float.NaN, 1e-40f, 3e38f};
    return all[random.nextInt(all.length)];
  }

  private static HostArray integers(SplittableRandom random, long... shape) {
    long[] values = new long[count(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong(-50, 50);
    }
    return HostArray.ofLongs(values, DType.I32, shape);
  }

  private static int count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return (int) count;
  }
}
