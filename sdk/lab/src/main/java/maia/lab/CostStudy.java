package maia.lab;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Nearest;
import maia.base.Rich;
import maia.cost.OwnerBooks;
import maia.cost.PriceBook;
import maia.cost.Range;
import maia.cost.TokenCost;
import maia.machine.Accelerator;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.plan.ModelConfig;
import maia.plan.PhaseEstimate;
import maia.plan.Projection;
import maia.plan.Target;

/// What a model's tokens cost on a chip: a prefill and a decode projection, priced. The command
/// line's `./maia cost`.
///
/// @param prefill the prefill of a prompt
/// @param decode a decode step
/// @param input cost of prompt tokens
/// @param output cost of generated tokens
/// @param priced where the dollars come from
/// @param gramsPerKilowattHour carbon intensity; negative when not asked for
public record CostStudy(
    PhaseEstimate prefill,
    PhaseEstimate decode,
    TokenCost input,
    TokenCost output,
    String priced,
    double gramsPerKilowattHour)
    implements Rich {
  private static final Map<String, Machine> SIMULATED =
      Map.of("maia-200", Chip.MAIA_200, "maia-200-40-tiles", Chip.MAIA_200_40_TILES);

  private static final Map<String, ElementType> TYPES =
      Map.of(
          "bf16", DType.BF16,
          "fp8", DType.FP8_E4M3,
          "fp8_e4m3", DType.FP8_E4M3,
          "fp8_e5m2", DType.FP8_E5M2,
          "fp4", DType.FP4_E2M1,
          "mxfp8", BlockFormat.MXFP8_E4M3,
          "mxfp6", BlockFormat.MXFP6_E2M3,
          "mxfp4", BlockFormat.MXFP4);

  /// The study that command line options ask for; unknown names and values are refused with what
  /// there is.
  public static CostStudy of(Map<String, String> options) throws IOException {
    ModelConfig model = model(Check.present(options.get("--model"), "CostStudy", "--model"));
    String named = options.getOrDefault("--chip", "maia-200");
    Target target = target(named);
    String chip = named.endsWith(".json") ? target.name() : named.toLowerCase(Locale.ROOT);
    String precision = options.getOrDefault("--precision", "bf16");
    String[] types = precision.split("/", -1);
    Check.argument(
        types.length <= 3, "--precision is WEIGHTS[/ACTIVATIONS[/CACHE]], was '%s'", precision);
    ElementType weights = type(types[0]);
    ElementType activations = types.length > 1 ? type(types[1]) : weights;
    ElementType cache = types.length > 2 ? type(types[2]) : cache(activations);
    Projection projection =
        Projection.of(model)
            .on(target)
            .precision(weights, activations, cache)
            .parallel(
                whole(options, "--tp", 1), whole(options, "--pp", 1), whole(options, "--ep", 1));
    PhaseEstimate prefill = projection.prefill(whole(options, "--prompt", 2_048));
    PhaseEstimate decode =
        projection.decode(whole(options, "--batch", 16), whole(options, "--context", 4_096));
    double utilisation = number(options, "--utilisation", 0.6);
    boolean given = options.containsKey("--dollars-per-hour");
    PriceBook book = given ? null : book(chip);
    double price = number(options, "--dollars-per-hour", 0);
    Range hour = book == null ? new Range(price, price) : book.dollarsPerChipHour();
    return new CostStudy(
        prefill,
        decode,
        cost(prefill, hour, utilisation),
        cost(decode, hour, utilisation),
        book == null ? price + " $/chip-hour, given" : book.toString(),
        number(options, "--grams-per-kwh", -1));
  }

  /// A chip file, a described chip, or one of the catalogue.
  private static Target target(String chip) {
    if (chip.endsWith(".json")) {
      Check.argument(Files.isRegularFile(Path.of(chip)), "--chip: there is no file %s", chip);
      return Target.of(Chip.from(Path.of(chip)));
    }
    String name = chip.toLowerCase(Locale.ROOT);
    Machine described = SIMULATED.get(name);
    return described == null ? Target.of(Accelerator.named(name)) : Target.of(described);
  }

  private static TokenCost cost(PhaseEstimate phase, Range hour, double utilisation) {
    return new TokenCost(
        phase.tokensPerSecondPerChip(), hour, utilisation, 1 / phase.tokensPerJoule());
  }

  private static ModelConfig model(String name) throws IOException {
    Path file = Path.of(name);
    return name.endsWith(".json") && Files.isRegularFile(file)
        ? ModelConfig.read(file)
        : ModelConfig.named(name);
  }

  private static PriceBook book(String chip) {
    return OwnerBooks.of(chip)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no price book for '%s'; give --dollars-per-hour, or choose one of %s"
                    .formatted(chip, String.join(", ", OwnerBooks.chips()))));
  }

  private static ElementType type(String name) {
    ElementType found = TYPES.get(name.toLowerCase(Locale.ROOT));
    Check.argument(
        found != null,
        "no precision '%s'; choose from %s%s",
        name,
        String.join(", ", TYPES.keySet().stream().sorted().toList()),
        Nearest.hint(name, TYPES.keySet().stream().sorted().toList()));
    return found;
  }

  /// Keys and values are kept in 8 bits when activations are narrow, else in 16.
  private static ElementType cache(ElementType activations) {
    return activations == DType.BF16 ? DType.BF16 : DType.FP8_E4M3;
  }

  private static int whole(Map<String, String> options, String name, int byDefault) {
    String text = options.get(name);
    if (text == null) {
      return byDefault;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException notWhole) {
      throw new IllegalArgumentException(
          "%s must be a whole number, was '%s'".formatted(name, text), notWhole);
    }
  }

  private static double number(Map<String, String> options, String name, double byDefault) {
    String text = options.get(name);
    if (text == null) {
      return byDefault;
    }
    try {
      double value = Double.parseDouble(text);
      Check.argument(
          Double.isFinite(value) && value >= 0, "%s must be at least 0, was '%s'", name, text);
      return value;
    } catch (NumberFormatException noNumber) {
      throw new IllegalArgumentException(
          "%s must be a number, was '%s'".formatted(name, text), noNumber);
    }
  }

  /// The result in a few rows.
  public TableData table() {
    TableData table =
        TableData.of(
                decode.model() + " on " + decode.target().name() + ", " + decode.layout(),
                "",
                "input tokens (prefill)",
                "output tokens (decode)")
            .row("phase", prefill.title(), decode.title())
            .row(
                "time",
                text("TTFT %.2f ms", prefill.seconds() * 1e3),
                text("TPOT %.2f ms", decode.seconds() * 1e3))
            .row(
                "launches apart",
                text("%.2f ms", prefill.launchSeconds() * 1e3),
                text("%.2f ms", decode.launchSeconds() * 1e3))
            .row(
                "tokens/s per chip",
                text("%.0f", input.tokensPerSecond()),
                text("%.0f", output.tokensPerSecond()))
            .row(
                "$ per million tokens",
                input.dollarsPerMillion().toString(),
                output.dollarsPerMillion().toString())
            .row(
                "$ with launches counted",
                withLaunches(prefill, input).toString(),
                withLaunches(decode, output).toString())
            .row(
                "J per token",
                text("%.4g", input.joulesPerToken()),
                text("%.4g", output.joulesPerToken()))
            .row(
                "tokens per kWh",
                text("%,.0f", input.tokensPerKilowattHour()),
                text("%,.0f", output.tokensPerKilowattHour()))
            .row("memory", prefill.memory().toString(), decode.memory().toString());
    return gramsPerKilowattHour < 0
        ? table
        : table.row(
            "g CO2 per million",
            text("%.1f", input.gramsPerMillion(gramsPerKilowattHour)),
            text("%.1f", output.gramsPerMillion(gramsPerKilowattHour)));
  }

  /// Where the time of both phases goes, in shares.
  public BarChart chart() {
    return BarChart.of("Share of time", Axis.linear("% of the phase"))
        .over("products", "attention", "other")
        .add("prefill", shares(prefill))
        .add("decode", shares(decode));
  }

  private static double[] shares(PhaseEstimate phase) {
    double one = phase.seconds() / 100;
    return new double[] {
      rounded(phase.productSeconds() / one),
      rounded(phase.attentionSeconds() / one),
      rounded(phase.otherSeconds() / one)
    };
  }

  private static double rounded(double percent) {
    return Math.round(percent * 10) / 10.0;
  }

  /// USD per million tokens when every kernel is launched on its own and the chip waits for it: the
  /// dear end, as those without launches are the cheap one.
  private static Range withLaunches(PhaseEstimate phase, TokenCost cost) {
    return cost.dollarsPerMillion().times(1 + phase.launchSeconds() / phase.seconds());
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /// Writes `cost.csv`, `cost.json` and `cost.png` into `folder`, which must exist.
  public List<Path> write(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(Files.writeString(folder.resolve("cost.csv"), csv()));
    files.add(Files.writeString(folder.resolve("cost.json"), json()));
    files.add(Files.write(folder.resolve("cost.png"), chart().figure().png()));
    return List.copyOf(files);
  }

  private String csv() {
    StringBuilder text =
        new StringBuilder("phase,operator,count,seconds,memory_bytes,flops,joules,bound\n");
    for (PhaseEstimate phase : List.of(prefill, decode)) {
      String name = phase == prefill ? "prefill" : "decode";
      for (PhaseEstimate.Line line : phase.lines()) {
        text.append(
            text(
                "%s,\"%s\",%d,%.9g,%.9g,%.9g,%.9g,%s\n",
                name,
                line.operator(),
                line.count(),
                line.seconds(),
                line.hbmBytes(),
                line.flops(),
                line.joules(),
                line.bound()));
      }
    }
    return text.toString();
  }

  private String json() {
    JsonObject root = new JsonObject();
    root.addProperty("model", decode.model());
    root.addProperty("chip", decode.target().name());
    root.addProperty("basis", decode.target().basis());
    root.addProperty("layout", decode.layout().toString());
    root.addProperty("price", priced);
    root.addProperty("utilisation", output.utilisation());
    root.add("prefill", json(prefill, input));
    root.add("decode", json(decode, output));
    return new GsonBuilder().setPrettyPrinting().create().toJson(root) + "\n";
  }

  private static JsonObject json(PhaseEstimate phase, TokenCost cost) {
    JsonObject object = new JsonObject();
    object.addProperty("title", phase.title());
    object.addProperty("seconds", phase.seconds());
    object.addProperty("launch_seconds", phase.launchSeconds());
    object.addProperty("tokens_per_second_per_chip", cost.tokensPerSecond());
    object.addProperty("joules_per_token", cost.joulesPerToken());
    object.addProperty("dollars_per_million_low", cost.dollarsPerMillion().low());
    object.addProperty("dollars_per_million_high", cost.dollarsPerMillion().high());
    Range launched = withLaunches(phase, cost);
    object.addProperty("dollars_per_million_with_launches_low", launched.low());
    object.addProperty("dollars_per_million_with_launches_high", launched.high());
    JsonArray lines = new JsonArray();
    for (PhaseEstimate.Line line : phase.lines()) {
      JsonObject one = new JsonObject();
      one.addProperty("operator", line.operator());
      one.addProperty("count", line.count());
      one.addProperty("seconds", line.seconds());
      one.addProperty("bound", line.bound());
      lines.add(one);
    }
    object.add("operators", lines);
    return object;
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/html", table().html(), "text/plain", toString());
  }

  @Override
  public String toString() {
    return text(
        "%s\n\n%s\n%s\nprice: %s; dollars at %.0f %% utilisation, launches not counted unless said; times, energy"
            + " and dollars are modelled, not measured",
        table(), prefill, decode, priced, 100 * output.utilisation());
  }
}
