package maia.machine;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maia.base.Nearest;

/// What is public of an accelerator, enough for a roofline: dense peaks, memory, link, power. Chips
/// that are simulated are a [Machine].
///
/// @param name the name it is asked for by
/// @param peaks dense peaks in operations per second, by the width of the inputs
/// @param memoryBytes capacity of the memory that holds weights
/// @param bytesPerSecond bandwidth of that memory
/// @param linkBytesPerSecond scale-up links of a chip, both directions together
/// @param domain chips of one scale-up domain
/// @param watts thermal design power
public record Accelerator(
    String name,
    Map<Width, Quantity> peaks,
    Quantity memoryBytes,
    Quantity bytesPerSecond,
    Optional<Quantity> linkBytesPerSecond,
    int domain,
    Optional<Quantity> watts) {
  /// Width of the inputs of a product.
  public enum Width {
    /// 4-bit floats.
    FP4,
    /// 8-bit floats.
    FP8,
    /// BF16.
    BF16,
  }

  /// A public number, or a span where sources differ.
  ///
  /// @param low the smaller figure
  /// @param high the larger figure
  /// @param source where it comes from
  public record Quantity(double low, double high, Source source) {
    /// The middle of the span.
    public double value() {
      return (low + high) / 2;
    }

    private Quantity times(double factor) {
      return new Quantity(low * factor, high * factor, source);
    }
  }

  public Accelerator {
    peaks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(peaks));
  }

  /// The dense peak for inputs of `width`, or of the next wider one that the chip takes: narrower
  /// inputs are widened. Empty when it takes none.
  public Optional<Quantity> peak(Width width) {
    for (Width wider : Width.values()) {
      if (wider.ordinal() >= width.ordinal() && peaks.containsKey(wider)) {
        return Optional.ofNullable(peaks.get(wider));
      }
    }
    return Optional.empty();
  }

  /// The catalogue, by name.
  public static Map<String, Accelerator> catalogue() {
    return Catalogue.ALL;
  }

  /// The accelerator called `name`; an unknown name is refused with those there are.
  public static Accelerator named(String name) {
    Accelerator found = Catalogue.ALL.get(name.toLowerCase(Locale.ROOT));
    if (found == null) {
      throw new IllegalArgumentException(
          "no accelerator '%s' in the catalogue; it has %s%s"
              .formatted(
                  name,
                  String.join(", ", Catalogue.ALL.keySet()),
                  Nearest.hint(name, Catalogue.ALL.keySet())));
    }
    return found;
  }

  @Override
  public String toString() {
    Function<Width, String> tera =
        width ->
            Optional.ofNullable(peaks.get(width))
                .map(q -> String.format(Locale.ROOT, "%,.0f", q.value() / 1e12))
                .orElse("-");
    return String.format(
        Locale.ROOT,
        "%s: %s/%s/%s TFLOP/s (fp4/fp8/bf16), %.0f GB at %.2f TB/s",
        name,
        tera.apply(Width.FP4),
        tera.apply(Width.FP8),
        tera.apply(Width.BF16),
        memoryBytes.value() / 1e9,
        bytesPerSecond.value() / 1e12);
  }

  /// The rows of the catalogue.
  private static final class Catalogue {
    private static final Map<String, Accelerator> ALL = new LinkedHashMap<>();

    static {
      Source aic = new Source(Source.Mark.THIRD_PARTY, "ai-dynamo/aiconfigurator system file");
      Source neuron = new Source(Source.Mark.VENDOR, "AWS Neuron architecture pages");
      Source google = new Source(Source.Mark.VENDOR, "Google Cloud TPU documentation");
      Source survey = new Source(Source.Mark.THIRD_PARTY, "third-party surveys of vendor sheets");
      Source memory = new Source(Source.Mark.ASSUMED, "general knowledge, not re-checked");
      Source maia = new Source(Source.Mark.VENDOR_RELAYED, "Hot Chips 2026, arXiv:2608.24664");
      Source maia100 = new Source(Source.Mark.VENDOR, "Hot Chips 2024, Maia 100");
      double gib = 1.073741824;
      add(
          "maia-200",
          maia,
          span(10_145),
          span(5_072),
          span(1_268),
          span(216),
          span(7),
          span(2800),
          4,
          span(750),
          maia);
      add(
          "maia-100",
          maia100,
          none(),
          span(1_500),
          span(800),
          span(64),
          span(1.8),
          span(1_200),
          4,
          span(500, 700),
          maia100);
      add(
          "a100",
          aic,
          none(),
          none(),
          span(312),
          span(80),
          span(2.04),
          span(600),
          8,
          span(400),
          aic);
      add(
          "h100",
          aic,
          none(),
          span(1_979),
          span(989),
          span(80),
          span(3.35),
          span(900),
          8,
          span(700),
          aic);
      add(
          "h200",
          aic,
          none(),
          span(1_979),
          span(989),
          span(141),
          span(4.8),
          span(900),
          8,
          span(700),
          aic);
      add(
          "b200",
          aic,
          span(9_000),
          span(4_500),
          span(2_250),
          span(180),
          span(7.7, 8),
          span(1_800),
          8,
          span(1_000),
          aic);
      add(
          "gb200",
          aic,
          span(10_000),
          span(5_000),
          span(2_500),
          span(186),
          span(8),
          span(1_800),
          72,
          span(1_200),
          aic);
      add(
          "b300",
          aic,
          span(13_125, 14_000),
          span(4_500),
          span(2_250),
          span(270, 288),
          span(7.7, 8),
          span(1_800),
          8,
          span(1_100, 1_400),
          aic);
      add(
          "gb300",
          aic,
          span(15_000),
          span(5_000),
          span(2_500),
          span(279, 288),
          span(8),
          span(1_800),
          72,
          span(1_400),
          aic);
      add(
          "mi300x",
          survey,
          none(),
          span(2_615),
          span(1_307),
          span(192),
          span(5.3),
          span(896),
          8,
          span(750),
          survey);
      add(
          "mi355x",
          memory,
          span(10_066),
          span(5_033),
          span(2_517),
          span(288),
          span(8),
          span(1_075),
          8,
          span(1_400),
          survey);
      add(
          "trainium2",
          neuron,
          none(),
          span(1_299),
          span(667),
          span(96 * gib),
          span(2.9),
          span(1_000, 1_280),
          64,
          span(500),
          memory);
      add(
          "trainium3",
          neuron,
          span(2_517),
          span(2_517),
          span(671),
          span(144 * gib),
          span(4.9),
          span(704, 2_560),
          64,
          span(1_000),
          memory);
      add(
          "tpu-v6e",
          google,
          none(),
          span(918),
          span(918),
          span(32),
          span(1.64),
          span(800),
          256,
          none(),
          memory);
      add(
          "tpu-v7",
          google,
          none(),
          span(4_614),
          span(2_307),
          span(192 * gib),
          span(7.38),
          span(1_200),
          9_216,
          span(1_000),
          memory);
      add(
          "gaudi-3",
          survey,
          none(),
          span(1_835),
          span(1_835),
          span(128),
          span(3.67, 3.7),
          span(1_200),
          8,
          span(900),
          survey);
    }

    private Catalogue() {}

    private static double[] span(double... ends) {
      return ends;
    }

    private static double[] none() {
      return new double[0];
    }

    private static Optional<Quantity> quantity(double[] ends, double unit, Source source) {
      return ends.length == 0
          ? Optional.empty()
          : Optional.of(new Quantity(ends[0], ends[ends.length - 1], source).times(unit));
    }

    /// A row: teraflops, gigabytes, terabytes per second, gigabytes per second, watts.
    private static void add(
        String name,
        Source peaks,
        double[] fp4,
        double[] fp8,
        double[] bf16,
        double[] gigabytes,
        double[] terabytesPerSecond,
        double[] link,
        int domain,
        double[] watts,
        Source power) {
      Map<Width, Quantity> rates = new LinkedHashMap<>();
      quantity(fp4, 1e12, peaks).ifPresent(q -> rates.put(Width.FP4, q));
      quantity(fp8, 1e12, peaks).ifPresent(q -> rates.put(Width.FP8, q));
      quantity(bf16, 1e12, peaks).ifPresent(q -> rates.put(Width.BF16, q));
      ALL.put(
          name,
          new Accelerator(
              name,
              rates,
              quantity(gigabytes, 1e9, peaks).orElseThrow(),
              quantity(terabytesPerSecond, 1e12, peaks).orElseThrow(),
              quantity(link, 1e9, peaks),
              domain,
              quantity(watts, 1, power)));
    }
  }
}
