package maia.cost;

import java.util.List;
import java.util.Locale;
import maia.cost.Claim.Verdict;
import maia.cost.Economics.Band;
import maia.machine.Accelerator;
import maia.machine.Accelerator.Width;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;

/// Public claims about Maia 200, recomputed from the catalogue and the chip description. No price
/// used here is derived from a claim.
public final class Claims {
  private static final int SAMPLES = 20_000;
  private static final long SEED = 200;

  private Claims() {}

  /// Every claim, in the order in which they were made.
  public static List<Claim> all() {
    return List.of(
        peak("over 10 PFLOP/s FP4", "launch blog, 2026-01-26", DType.FP4_E2M1, 10e15),
        peak("over 5 PFLOP/s FP8", "launch blog, 2026-01-26", DType.FP8_E4M3, 5e15),
        ratio("3 times the FP4 performance of Trainium3", "trainium3", Width.FP4, 3),
        ratio("FP8 performance above TPU v7", "tpu-v7", Width.FP8, 1),
        performancePerDollar(),
        sram(),
        blackwellSram(),
        network(),
        training(),
        cluster(),
        unchecked(
            "30 % lower cost of ownership and 15 % less energy than any other accelerator in the fleet",
            "arXiv:2608.24664", "internal data; neither the fleet nor its costs are public"),
        unchecked(
            "1.4 times the performance per watt on MAI models",
            "Build 2026 keynote",
            "the baseline is not stated"),
        unchecked(
            "40 % more tokens at equal rack power on MAI-Thinking-1",
            "Hot Chips 2026 blog",
            "the fleet accelerator is not named and the model is not public"));
  }

  private static Claim peak(String statement, String source, DType type, double least) {
    Machine m = Chip.MAIA_200;
    double peak = m.peakFlops(type);
    return new Claim(
        statement,
        source,
        "%d tiles, %.2f GHz, published products per clock"
            .formatted(m.tiles(), m.clockHertz() / 1e9),
        text(
            "%d tiles x %,d MAC x 2 x %.2f GHz = %,.1f TFLOP/s",
            m.tiles(), m.ttu().macsPerCycle(type), m.clockHertz() / 1e9, peak / 1e12),
        verdict(peak > least));
  }

  private static Claim ratio(String statement, String other, Width width, double least) {
    double own = Accelerator.named("maia-200").peak(width).orElseThrow().value();
    double theirs = Accelerator.named(other).peak(width).orElseThrow().value();
    return new Claim(
        statement,
        "launch blog, 2026-01-26",
        "dense peaks of both makers' sheets",
        text("%,.0f / %,.0f = %.2f", own / 1e12, theirs / 1e12, own / theirs),
        verdict(own / theirs >= least && own > theirs));
  }

  private static Claim performancePerDollar() {
    double gb200 = 2.21;
    Economics economics = Economics.MAIA_200_ASSUMED.with(Economics.Input.UTILISATION, 1);
    Band band = economics.monteCarlo(SAMPLES, SEED);
    double needed =
        gb200
            / 1.30
            * Accelerator.named("maia-200").peak(Width.FP4).orElseThrow().value()
            / Accelerator.named("gb200").peak(Width.FP4).orElseThrow().value();
    return new Claim(
        "30 % more performance per dollar than the newest hardware in the fleet",
        "launch blog, 2026-01-26",
        "newest hardware taken as GB200 at 2.21 $/h (third-party owner cost), performance as FP4 peak; Maia 200's"
            + " hour modelled bottom-up from assumed inputs",
        text(
            "needs an hour below %.2f $; modelled %.2f $ (90 %%: %.2f to %.2f)",
            needed, band.p50(), band.p5(), band.p95()),
        Verdict.CANNOT_BE_CHECKED);
  }

  private static Claim sram() {
    Machine built = Chip.MAIA_200_40_TILES;
    double bytes =
        (double) built.tiles() * built.tsram().bytes()
            + (double) built.clusters() * built.csram().bytes();
    Machine used = Chip.MAIA_200;
    double usable =
        (double) used.tiles() * used.tsram().bytes()
            + (double) used.clusters() * used.csram().bytes();
    return new Claim(
        "272 MB of on-chip SRAM",
        "launch blog, 2026-01-26",
        "all 40 built tiles counted; 36 are enabled",
        text("40 x 3 MiB + 4 x 35 MiB = %.1f MB built, %.1f MB usable", bytes / 1e6, usable / 1e6),
        verdict(Math.round(bytes / 1e6) >= 272));
  }

  private static Claim blackwellSram() {
    return unchecked(
        "more SRAM than Blackwell: 272 MB against 192 MB",
        "press interview",
        "192 MB for Blackwell is stated without a definition; public sheets give about 126 MB of L2 and count"
            + " registers and shared memory apart");
  }

  private static Claim network() {
    var network = Chip.MAIA_200.network();
    double both = 2 * network.bytesPerSecond();
    return new Claim(
        "2.8 TB/s of scale-up bandwidth, both directions",
        "launch blog, 2026-01-26",
        "28 ports of 400 Gb/s",
        text(
            "%d x %.0f GB/s x 2 = %.1f TB/s",
            network.ports(), network.bytesPerSecondPerPort() / 1e9, both / 1e12),
        verdict(Math.abs(both - 2.8e12) < 1e9));
  }

  private static Claim training() {
    double a100 = 25_000 * Accelerator.named("a100").peak(Width.BF16).orElseThrow().value();
    double maia = Chip.MAIA_200.peakFlops(DType.BF16);
    double chips = Math.ceil(a100 / maia);
    return new Claim(
        "5,000 chips reach the rate at which GPT-4 was trained",
        "press interview",
        "25,000 A100 (press figure), dense BF16 peaks on both sides",
        text(
            "25,000 x 312 TFLOP/s = %.2f EFLOP/s; 5,000 chips give %.2f, %,.0f would be needed",
            a100 / 1e18, 5_000 * maia / 1e18, chips),
        verdict(chips <= 5_000));
  }

  private static Claim cluster() {
    double total = 6_144 * Chip.MAIA_200.peakFlops(DType.FP4_E2M1);
    return new Claim(
        "62.3 EFLOP/s FP4 in 6,144 chips",
        "Hot Chips 2026",
        "dense peaks",
        text("6,144 x %,.0f TFLOP/s = %.1f EFLOP/s", total / 6_144 / 1e12, total / 1e18),
        verdict(Math.abs(total / 1e18 - 62.3) < 0.05));
  }

  private static Claim unchecked(String statement, String source, String why) {
    return new Claim(statement, source, "none", why, Verdict.CANNOT_BE_CHECKED);
  }

  private static Verdict verdict(boolean holds) {
    return holds ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
