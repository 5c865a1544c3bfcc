package maia.lab.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// One set of sizes of a puzzle with its arguments: what goes in and what must come out. Without
/// values it only has shapes, for a run that measures time.
final class Trial {
  private final String sizes;
  private final boolean hasValues;
  private final SplittableRandom random;
  private final List<Argument> arguments = new ArrayList<>();

  /// An argument of the kernel.
  ///
  /// @param name its name
  /// @param value an array or a number
  /// @param given an input's values, or an output's expected ones
  /// @param isOutput which of the two
  record Argument(String name, Object value, double[] given, boolean isOutput) {
    HostArray array() {
      return (HostArray) value;
    }
  }

  Trial(String sizes, long seed, boolean hasValues) {
    this.sizes = sizes;
    this.hasValues = hasValues;
    random = new SplittableRandom(seed);
  }

  String sizes() {
    return sizes;
  }

  List<Argument> arguments() {
    return arguments;
  }

  Object[] values() {
    return arguments.stream().map(Argument::value).toArray();
  }

  private static int count(long... shape) {
    return (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /// An input of random values from -`range` to `range`, as they are after rounding to the type.
  double[] in(String name, DType type, double range, long... shape) {
    double[] values = new double[hasValues ? count(shape) : 0];
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) ((2 * random.nextDouble() - 1) * range);
    }
    HostArray array = hasValues ? HostArray.of(floats, type, shape) : HostArray.meta(type, shape);
    float[] rounded = hasValues ? array.toFloats() : floats;
    Arrays.setAll(values, i -> rounded[i]);
    arguments.add(new Argument(name, array, values, false));
    return values;
  }

  /// An input of random 32-bit words.
  long[] words(String name, long... shape) {
    long[] values = new long[hasValues ? count(shape) : 0];
    Arrays.setAll(values, i -> random.nextInt());
    HostArray array =
        hasValues ? HostArray.ofLongs(values, DType.I32, shape) : HostArray.meta(DType.I32, shape);
    arguments.add(
        new Argument(name, array, Arrays.stream(values).asDoubleStream().toArray(), false));
    return values;
  }

  /// An output in F32 and what each element must be; it starts full of NaN.
  void out(String name, IntToDoubleFunction expected, long... shape) {
    double[] values = new double[hasValues ? count(shape) : 0];
    Arrays.setAll(values, expected);
    float[] nothing = new float[values.length];
    Arrays.fill(nothing, Float.NaN);
    HostArray array =
        hasValues ? HostArray.of(nothing, DType.F32, shape) : HostArray.meta(DType.F32, shape);
    arguments.add(new Argument(name, array, values, true));
  }
}
