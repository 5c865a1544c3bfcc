package maia.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.base.Origin;
import maia.numerics.Codec;
import maia.numerics.DType;

/// Collects what instructions find out about values: conversions that lose numbers, and prints.
final class Findings {
  /// Values of a print that are kept; more are counted only.
  private static final int SHOWN = 64;

  /// Prints that are kept.
  private static final int PRINTS = 1_000;

  private record Key(Origin origin, String label, DType type) {}

  private static final class Tally {
    long elements;
    long saturated;
    long created;
    long passed;
  }

  private final boolean isOn;
  private final Map<Key, Tally> conversions = new LinkedHashMap<>();
  private final List<Printed> prints = new ArrayList<>();

  Findings(boolean isOn) {
    this.isOn = isOn;
  }

  /// Notes what the conversion of `before` to `type` does to numbers: finite ones beyond its range,
  /// and NaN that were none.
  void conversion(Op.Info info, DType type, float[] before, int count) {
    if (!isOn || !type.isFloat() || type == DType.F32) {
      return;
    }
    float largest = Ranges.largest(type);
    boolean hasSign = type.format().orElseThrow().signBits() > 0;
    boolean isQuiet = true;
    for (int i = 0; i < count; i++) {
      isQuiet &= Math.abs(before[i]) <= largest;
    }
    if (isQuiet && hasSign) {
      return;
    }
    long saturated = 0;
    long created = 0;
    long passed = 0;
    Codec codec = Codec.of(type);
    for (int i = 0; i < count; i++) {
      float x = before[i];
      if (x != x) {
        passed++;
      } else if (!(Math.abs(x) <= largest) || x < 0) {
        float y = codec.round(x);
        created += y != y ? 1 : 0;
        saturated += Math.abs(x) > largest && Math.abs(y) <= largest ? 1 : 0;
      }
    }
    add(info, type, count, saturated, created, passed);
  }

  /// Adds counts of a conversion of `count` elements to `type`.
  void add(Op.Info info, DType type, long count, long saturated, long created, long passed) {
    if (!isOn || saturated + created + passed == 0) {
      return;
    }
    var tally =
        conversions.computeIfAbsent(new Key(info.origin(), info.label(), type), _ -> new Tally());
    tally.elements += count;
    tally.saturated += saturated;
    tally.created += created;
    tally.passed += passed;
  }

  void print(long program, String label, int[] shape, Origin origin, float[] floats) {
    var values = new ArrayList<String>();
    for (int i = 0; i < Math.min(SHOWN, floats.length); i++) {
      values.add(Float.toString(floats[i]));
    }
    print(program, label, shape, origin, values);
  }

  void print(long program, String label, int[] shape, Origin origin, long[] integers) {
    var values = new ArrayList<String>();
    for (int i = 0; i < Math.min(SHOWN, integers.length); i++) {
      values.add(Long.toString(integers[i]));
    }
    print(program, label, shape, origin, values);
  }

  private void print(long program, String label, int[] shape, Origin origin, List<String> values) {
    if (prints.size() < PRINTS) {
      List<Integer> sizes = java.util.Arrays.stream(shape).boxed().toList();
      prints.add(new Printed(program, label, sizes, values, origin));
    }
  }

  List<Printed> prints() {
    return prints;
  }

  List<Conversion> conversions() {
    var all = new ArrayList<Conversion>();
    conversions.forEach((key, t) ->
        all.add(
            new Conversion(
                key.origin(),
                key.label(),
                key.type(),
                t.elements,
                t.saturated,
                t.created,
                t.passed)));
    return all;
  }
}
