package maia.runtime.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// Whether host and chip agree as a rule of the table says.
final class Agreement {
  private static final Pattern BOUND = Pattern.compile("within 2\\^-(\\d+) of (.*?):.*");

  private Agreement() {}

  /// What is wrong, if anything.
  static Optional<String> of(Case test, Draw draw, String rule) {
    List<Tensor> inputs = test.inputs().apply(draw);
    Tensor host = test.run().apply(inputs);
    Tensor chip = test.run().apply(inputs.stream().map(Agreement::onChip).toList());
    if (!chip.device().equals(Device.maia())) {
      return Optional.of("%s: the result is on %s".formatted(draw, chip.device()));
    }
    boolean isAlike = host.type().equals(chip.type()) && Arrays.equals(host.shape(), chip.shape());
    if (!isAlike) {
      return Optional.of(
          "%s: host %s %s, chip %s %s"
              .formatted(
                  draw,
                  host.type().label(),
                  Arrays.toString(host.shape()),
                  chip.type().label(),
                  Arrays.toString(chip.shape())));
    }
    return host.type() instanceof DType type && !type.isFloat()
        ? whole(draw, host.toLongs(), chip.toLongs())
        : floats(test, draw, rule, inputs, host, chip.toArray());
  }

  /// The same memory seen as the chip's, strides and all.
  private static Tensor onChip(Tensor x) {
    return Tensor.on(Device.maia(), x);
  }

  private static Optional<String> whole(Draw draw, long[] host, long[] chip) {
    int at = Arrays.mismatch(host, chip);
    return at < 0
        ? Optional.empty()
        : Optional.of("%s: element %d: host %d, chip %d".formatted(draw, at, host[at], chip[at]));
  }

  private static Optional<String> floats(
      Case test, Draw draw, String rule, List<Tensor> inputs, Tensor host, float[] chip) {
    float[] expected = host.toArray();
    Matcher bound = BOUND.matcher(rule);
    boolean isBits = !bound.matches();
    double[] allowed = isBits ? new double[0] : allowed(test, inputs, host, bound);
    for (int i = 0; i < expected.length; i++) {
      boolean same = Float.floatToIntBits(expected[i]) == Float.floatToIntBits(chip[i]);
      if (!same && (isBits || !(Math.abs((double) expected[i] - chip[i]) <= allowed[i]))) {
        return Optional.of(
            "%s: element %d: host %s, chip %s".formatted(draw, i, expected[i], chip[i]));
      }
    }
    return Optional.empty();
  }

  private static double[] allowed(Case test, List<Tensor> inputs, Tensor host, Matcher bound) {
    double relative = Math.scalb(1.0, -Integer.parseInt(bound.group(1)));
    float[] values = host.toArray();
    float[] terms =
        switch (bound.group(2)) {
          case "the sum of the terms' magnitudes" ->
              test.run().apply(inputs.stream().map(Agreement::magnitudes).toList()).toArray();
          case "the largest magnitude of the result" -> largest(values);
          default -> values;
        };
    double step = lastPlace((DType) host.type());
    double[] allowed = new double[values.length];
    for (int i = 0; i < allowed.length; i++) {
      allowed[i] = relative * Math.abs(terms[i]) + step * Math.abs(values[i]);
    }
    return allowed;
  }

  private static float[] largest(float[] values) {
    float most = 0;
    for (float v : values) {
      most = Math.max(most, Math.abs(v));
    }
    float[] all = new float[values.length];
    Arrays.fill(all, most);
    return all;
  }

  /// Where results are narrower than fp32, one step between neighbours more.
  private static double lastPlace(DType type) {
    return type == DType.F32
        ? 0
        : type.format().map(f -> Math.scalb(1.0, -f.fractionBits())).orElse(0.0);
  }

  private static Tensor magnitudes(Tensor x) {
    if (x.type() instanceof BlockFormat) {
      return x.dequantize().abs();
    }
    return x.dtype().isFloat() ? x.abs() : x;
  }
}
