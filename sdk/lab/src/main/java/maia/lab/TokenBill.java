package maia.lab;

import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Rich;
import maia.cost.PriceBook;
import maia.cost.TokenCost;
import maia.machine.Machine;
import maia.models.DecoderConfig;
import maia.numerics.DType;
import maia.plan.ModelConfig;
import maia.plan.PhaseEstimate;
import maia.plan.Projection;

/// What writing a text takes on a simulated chip: the prompt in one pass, then every new token in a
/// pass of its own. Times and energies are projected operator by operator; the values of the text
/// come from the host.
///
/// @param chip the chip
/// @param model the model's name
/// @param promptTokens tokens of the prompt
/// @param newTokens tokens that were written
/// @param promptSeconds kernel time of the prompt
/// @param seconds kernel time of all new tokens
/// @param launchSeconds time of the launches of all new tokens, one after another
/// @param joules energy of all new tokens
/// @param utilisation share of the hours with paid work
/// @param book the price of an hour
public record TokenBill(
    String chip,
    String model,
    int promptTokens,
    int newTokens,
    double promptSeconds,
    double seconds,
    double launchSeconds,
    double joules,
    double utilisation,
    PriceBook book)
    implements Rich {
  /// The bill of a text of `newTokens` after `promptTokens`, in BF16, one sequence at a time.
  public static TokenBill of(
      String name, DecoderConfig config, int promptTokens, int newTokens, Machine chip) {
    Check.argument(
        promptTokens > 0 && newTokens > 0,
        "bill: needs a prompt and new tokens, got %d and %d",
        promptTokens,
        newTokens);
    Projection projection =
        Projection.of(ModelConfig.of(name, config))
            .on(chip)
            .precision(DType.BF16, DType.BF16, DType.BF16);
    double seconds = 0;
    double launches = 0;
    double joules = 0;
    for (int token = 0; token < newTokens; token++) {
      PhaseEstimate step = projection.decode(1, promptTokens + token + 1);
      seconds += step.seconds();
      launches += step.launchSeconds();
      joules += step.joules();
    }
    return new TokenBill(
        chip.name(),
        name,
        promptTokens,
        newTokens,
        projection.prefill(promptTokens).seconds(),
        seconds,
        launches,
        joules,
        0.6,
        PriceBook.MAIA_200_MODELLED);
  }

  /// Dollars and energy of a new token while the kernels run; with launches, as long as they last.
  private TokenCost cost(double time) {
    return new TokenCost(
        newTokens / time, book.dollarsPerChipHour(), utilisation, joules / newTokens);
  }

  private TableData table() {
    double whole = seconds + launchSeconds;
    return TableData.of(
            "%s on a simulated %s, bf16, one sequence".formatted(model, chip),
            "",
            "kernels alone",
            "with a launch for each")
        .row("prompt of " + promptTokens + " tokens", microseconds(promptSeconds), "-")
        .row(
            "a new token, mean of " + newTokens,
            microseconds(seconds / newTokens),
            microseconds(whole / newTokens))
        .row("tokens/s", text("%.0f", newTokens / seconds), text("%.0f", newTokens / whole))
        .row("J/token", text("%.3g", joules / newTokens), "-")
        .row(
            "$/Mtoken, modelled",
            cost(seconds).dollarsPerMillion().toString(),
            cost(whole).dollarsPerMillion().toString());
  }

  private static String microseconds(double seconds) {
    return text("%.1f us", seconds * 1e6);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public Map<String, String> mime() {
    return table().mime();
  }

  /// The table, and where its numbers come from.
  @Override
  public String toString() {
    return table()
        + "\n\nThe text was computed on the host; time and energy are projected for the simulated chip,"
        + " operator by operator.\nPrices: "
        + book
        + text(", %.0f %% of the hours with paid work.", 100 * utilisation);
  }
}
