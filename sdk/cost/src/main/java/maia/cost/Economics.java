package maia.cost;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.Philox;

/// What an owned chip-hour costs, from inputs that are uncertain, and how much each of them
/// matters.
///
/// Power is either all-in (host, network and cooling included) or of the IT equipment times a PUE;
/// the two cannot be mixed, so no PUE is applied twice. A PUE multiplies electricity only: a
/// building is let by the kilowatt of IT equipment it carries, and its price covers the cooling.
public final class Economics {
  /// An input.
  public enum Input {
    /// Purchase price per chip with its share of tray, rack and network, USD.
    CAPITAL("capital, USD"),
    /// Years over which it is paid back.
    LIFE("life, years"),
    /// Cost of capital per year.
    INTEREST("cost of capital"),
    /// Power per chip in kW: all-in where [#PUE] is 1.
    POWER("power, kW"),
    /// Energy of the building per energy of the IT equipment; exactly 1 with all-in power. It
    /// multiplies electricity, not the facility.
    PUE("PUE"),
    /// USD per kWh.
    ELECTRICITY("electricity, USD/kWh"),
    /// USD per kW of [#POWER] and month, without electricity, as colocation is priced: by the kW of
    /// IT equipment, with the cooling of it. On all-in power it is charged for the share of cooling
    /// too, which errs to the dear side by no more than the PUE of the building.
    FACILITY("facility, USD/kW-month"),
    /// Yearly upkeep as a share of the purchase price.
    UPKEEP("upkeep per year"),
    /// Share of the hours in which the chip does paid work.
    UTILISATION("utilisation");

    private final String label;

    Input(String label) {
      this.label = label;
    }

    /// The name with its unit.
    public String label() {
      return label;
    }
  }

  /// One bar of a tornado: the result at both ends of an input, everything else likely.
  ///
  /// @param input the input
  /// @param atLow the result at its least value
  /// @param atHigh the result at its greatest value
  public record Bar(Input input, double atLow, double atHigh) {
    /// The distance between both ends.
    public double swing() {
      return Math.abs(atHigh - atLow);
    }
  }

  /// A distribution of results.
  ///
  /// @param samples how many were drawn
  /// @param p5 exceeded by 95 %
  /// @param p50 the median
  /// @param p95 exceeded by 5 %
  public record Band(int samples, double p5, double p50, double p95) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.4g (%.4g to %.4g, 90 %% of %d)", p50, p5, p95, samples);
    }
  }

  private static final double HOURS_PER_YEAR = 8_760;
  private static final double HOURS_PER_MONTH = HOURS_PER_YEAR / 12;

  /// Maia 200 as an owner might see it. No price is public: every input is assumed, by analogy with
  /// comparable chips; none is derived from a claim about Maia 200.
  public static final Economics MAIA_200_ASSUMED =
      new Economics(
          "maia-200, all inputs assumed",
          Map.of(
              Input.CAPITAL, new Uncertain(18_000, 27_000, 40_000),
              Input.LIFE, new Uncertain(4, 5, 6),
              Input.INTEREST, new Uncertain(0.08, 0.10, 0.12),
              Input.POWER, new Uncertain(1.2, 1.35, 1.85),
              Input.PUE, Uncertain.exactly(1),
              Input.ELECTRICITY, new Uncertain(0.06, 0.08, 0.12),
              Input.FACILITY, new Uncertain(130, 130, 250),
              Input.UPKEEP, new Uncertain(0.03, 0.05, 0.08),
              Input.UTILISATION, new Uncertain(0.3, 0.6, 0.85)));

  private final String name;
  private final Map<Input, Uncertain> inputs;

  private Economics(String name, Map<Input, Uncertain> inputs) {
    this.name = name;
    this.inputs = new EnumMap<>(inputs);
    Check.argument(
        this.inputs.size() == Input.values().length,
        "economics '%s': every input is needed, got %s",
        name,
        this.inputs.keySet());
    positive(Input.LIFE);
    positive(Input.UTILISATION);
    Check.argument(
        at(Input.UTILISATION).high() <= 1,
        "economics '%s': utilisation is a share up to 1, was %s",
        name,
        at(Input.UTILISATION));
    Check.argument(
        at(Input.PUE).low() >= 1, "economics '%s': PUE is at least 1, was %s", name, at(Input.PUE));
    this.inputs.forEach((input, value) ->
        Check.argument(
            value.low() >= 0,
            "economics '%s': %s must not be negative, was %s",
            name,
            input.label(),
            value));
  }

  private void positive(Input input) {
    Check.argument(
        at(input).low() > 0,
        "economics '%s': %s must be positive, was %s",
        name,
        input.label(),
        at(input));
  }

  /// The name shown in reports.
  public String name() {
    return name;
  }

  /// An input as given.
  public Uncertain at(Input input) {
    return Check.present(inputs.get(input), "Economics", input);
  }

  /// These economics with another value of one input.
  public Economics with(Input input, Uncertain value) {
    Map<Input, Uncertain> changed = new EnumMap<>(inputs);
    changed.put(input, value);
    return new Economics(name, changed);
  }

  /// These economics with one input known exactly.
  public Economics with(Input input, double value) {
    return with(input, Uncertain.exactly(value));
  }

  /// The parts of an hour, USD, whether the chip works or not.
  ///
  /// @param capital purchase price and interest
  /// @param power electricity, cooling included
  /// @param facility building without electricity
  /// @param upkeep repair and staff
  public record Hour(double capital, double power, double facility, double upkeep) {
    /// All parts.
    public double total() {
      return capital + power + facility + upkeep;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.3f $/chip-hour: capital %.3f, power %.3f, facility %.3f, upkeep %.3f",
          total(),
          capital,
          power,
          facility,
          upkeep);
    }
  }

  /// An hour at the most likely inputs.
  public Hour hour() {
    return hour(input -> at(input).likely());
  }

  private static Hour hour(ToDoubleFunction<Input> value) {
    double capital = value.applyAsDouble(Input.CAPITAL);
    double kilowatts = value.applyAsDouble(Input.POWER);
    double rate = value.applyAsDouble(Input.INTEREST);
    double life = value.applyAsDouble(Input.LIFE);
    double recovery = rate == 0 ? 1 / life : rate / (1 - Math.pow(1 + rate, -life));
    return new Hour(
        capital * recovery / HOURS_PER_YEAR,
        kilowatts * value.applyAsDouble(Input.PUE) * value.applyAsDouble(Input.ELECTRICITY),
        kilowatts * value.applyAsDouble(Input.FACILITY) / HOURS_PER_MONTH,
        capital * value.applyAsDouble(Input.UPKEEP) / HOURS_PER_YEAR);
  }

  private static double paidHour(ToDoubleFunction<Input> value) {
    return hour(value).total() / value.applyAsDouble(Input.UTILISATION);
  }

  /// USD for a chip-hour of paid work: an hour over the utilisation, at the most likely inputs.
  public double dollarsPerPaidHour() {
    return paidHour(input -> at(input).likely());
  }

  /// USD per million tokens at `tokensPerSecond` for each chip while it works.
  public double dollarsPerMillionTokens(double tokensPerSecond) {
    Check.argument(tokensPerSecond > 0, "tokens/s must be positive, was %s", tokensPerSecond);
    return dollarsPerPaidHour() / (tokensPerSecond * 3_600) * 1e6;
  }

  /// The utilisation above which owning is cheaper than renting at `dollarsPerHour`, when rent is
  /// paid for busy hours only; above 1 means never.
  public double breakEvenUtilisation(double dollarsPerHour) {
    Check.argument(dollarsPerHour > 0, "a rent must be positive, was %s $/h", dollarsPerHour);
    return hour().total() / dollarsPerHour;
  }

  /// How far each input moves the paid hour, the widest swing first.
  public List<Bar> tornado() {
    List<Bar> bars = new ArrayList<>();
    for (Input moved : Input.values()) {
      bars.add(
          new Bar(
              moved,
              paidHour(i -> i == moved ? at(i).low() : at(i).likely()),
              paidHour(i -> i == moved ? at(i).high() : at(i).likely())));
    }
    bars.sort(Comparator.comparingDouble(Bar::swing).reversed());
    return List.copyOf(bars);
  }

  /// The paid hour, USD, when every input is drawn from a triangular distribution, independently.
  /// The same `seed` gives the same band.
  public Band monteCarlo(int samples, long seed) {
    Check.argument(
        samples >= 100 && samples <= 10_000_000,
        "a band needs 100 to 10,000,000 samples, was %d",
        samples);
    Input[] all = Input.values();
    double[] results = new double[samples];
    for (int s = 0; s < samples; s++) {
      Stop.poll("monte carlo");
      double[] drawn = new double[all.length];
      for (int i = 0; i < all.length; i++) {
        drawn[i] = at(all[i]).quantile(Philox.uniform(seed, (long) s * all.length + i));
      }
      results[s] = paidHour(input -> drawn[input.ordinal()]);
    }
    Arrays.sort(results);
    return new Band(samples, share(results, 0.05), share(results, 0.5), share(results, 0.95));
  }

  private static double share(double[] sorted, double share) {
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(name).append(": ").append(hour());
    text.append(
        String.format(
            Locale.ROOT,
            "; %.3f $ per paid hour at %.0f %% utilisation",
            dollarsPerPaidHour(),
            100 * at(Input.UTILISATION).likely()));
    return text.toString();
  }
}
