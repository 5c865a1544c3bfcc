package maia.lab;

import java.util.List;
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
import maia.runtime.KernelRun;

/// What writing a text takes on a simulated chip: the prompt in one pass, then every new token in a
/// pass of its own. Times and energies are projected operator by operator, while the values of the
/// text come from the host; or they are those of the kernels that the simulated chip ran.
///
/// @param chip the chip
/// @param model the model's name
/// @param promptTokens tokens of the prompt
/// @param newTokens tokens that were written in passes of their own
/// @param promptSeconds kernel time of the prompt
/// @param seconds kernel time of all new tokens
/// @param launchSeconds time of the launches of all new tokens, one after another
/// @param joules energy of all new tokens
/// @param utilisation share of the hours with paid work
/// @param book the price of an hour
/// @param type of the values
/// @param basis where times and energies come from
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
    PriceBook book,
    DType type,
    Basis basis)
    implements Rich {
  /// Where times and energies come from.
  public enum Basis {
    /// From the operators of the model; the text was computed on the host.
    PROJECTED,
    /// From the kernels that computed the text.
    SIMULATED
  }

  /// One pass of a model on the simulated chip.
  ///
  /// @param seconds kernel time
  /// @param launchSeconds time of the launches
  /// @param joules energy while the kernels ran
  /// @param kernels how many ran
  public record Pass(double seconds, double launchSeconds, double joules, int kernels) {
    /// What `kernels` took.
    public static Pass of(List<KernelRun> kernels) {
      return new Pass(
          kernels.stream().mapToDouble(k -> 1e-12 * k.picoseconds()).sum(),
          kernels.stream().mapToDouble(k -> 1e-12 * k.record().launchPicoseconds()).sum(),
          kernels.stream().mapToDouble(KernelRun::joules).sum(),
          kernels.size());
    }
  }

  /// The bill of the passes that a simulated chip ran: the prompt's, then one for each new token
  /// after the first, at least one.
  public static TokenBill of(
      String name, Machine chip, DType type, int promptTokens, List<Pass> passes) {
    Check.argument(
        passes.size() >= 2, "bill: needs the pass of a prompt and another, got %d", passes.size());
    List<Pass> tokens = passes.subList(1, passes.size());
    return new TokenBill(
        chip.name(),
        name,
        promptTokens,
        tokens.size(),
        passes.getFirst().seconds(),
        tokens.stream().mapToDouble(Pass::seconds).sum(),
        tokens.stream().mapToDouble(Pass::launchSeconds).sum(),
        tokens.stream().mapToDouble(Pass::joules).sum(),
        PAID,
        PriceBook.MAIA_200_MODELLED,
        type,
        Basis.SIMULATED);
  }

  private static final double PAID = 0.6;

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
        PAID,
        PriceBook.MAIA_200_MODELLED,
        DType.BF16,
        Basis.PROJECTED);
  }

  /// Dollars and energy of a new token while the kernels run; with launches, as long as they last.
  private TokenCost cost(double time) {
    return new TokenCost(
        newTokens / time, book.dollarsPerChipHour(), utilisation, joules / newTokens);
  }

  private TableData table() {
    double whole = seconds + launchSeconds;
    return TableData.of(
            "%s on a simulated %s, %s, one sequence".formatted(model, chip, type.label()),
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
    String source =
        switch (basis) {
          case PROJECTED ->
              "The text was computed on the host; time and energy are projected for the simulated chip,"
                  + " operator by operator.";
          case SIMULATED ->
              "The text was computed by kernels on the simulated chip, which took this time and energy.";
        };
    return table()
        + "\n\n"
        + source
        + "\nPrices: "
        + book
        + text(", %.0f %% of the hours with paid work.", 100 * utilisation);
  }
}
