package maia.sim.fidelity;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import maia.machine.Control;
import maia.machine.Dma;
import maia.machine.Hbm;
import maia.machine.Machine;
import maia.machine.Sram;
import maia.machine.VectorUnit;

/// The band that the assumed parameters of a machine leave a prediction: rows 8, 10, 17 and 19 of
/// the table of unknowns, each alone at its low and its high end.
///
/// ```java
/// Uncertainty band = Uncertainty.of(
///     Chip.MAIA_200.atClock(2.0e9), m -> Fidelity.gemm(m, DType.BF16, 8192, 8192, 8192).ofPeak());
/// System.out.println(band);
/// ```
///
/// @param nominal the prediction with the catalogue's parameters
/// @param variants the prediction with one parameter changed, by the name of the change
public record Uncertainty(double nominal, Map<String, Double> variants) {
  public Uncertainty {
    variants = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(variants));
  }

  /// Runs `prediction` on `machine` and on every variant of it.
  public static Uncertainty of(Machine machine, ToDoubleFunction<Machine> prediction) {
    var results = new LinkedHashMap<String, Double>();
    variants(machine)
        .forEach(
            (name, change) -> results.put(name, prediction.applyAsDouble(change.apply(machine))));
    return new Uncertainty(prediction.applyAsDouble(machine), results);
  }

  /// The changes, by name.
  public static Map<String, UnaryOperator<Machine>> variants(Machine machine) {
    var all = new LinkedHashMap<String, UnaryOperator<Machine>>();
    Sram csram = machine.csram();
    for (int percent : new int[] {75, 150}) {
      all.put(
          "row 8, cluster SRAM bandwidth at " + percent + " %",
          m ->
              m.withCsram(
                  new Sram(
                      csram.bytes(),
                      csram.banks(),
                      csram.bankBytesPerCycle() * percent / 100,
                      csram.bytesPerCycle() * percent / 100,
                      csram.ports())));
    }
    Dma dma = machine.clusterDma();
    for (int kib : new int[] {112, 160}) {
      all.put(
          "row 10, %d KiB in flight per cluster channel".formatted(kib),
          m ->
              m.withClusterDma(
                  new Dma(
                      dma.channels(), dma.bytesPerCycle(), dma.issueCycles(), (long) kib << 10)));
    }
    Hbm hbm = machine.hbm();
    for (double efficiency : new double[] {0.8, 0.95}) {
      all.put(
          String.format(Locale.ROOT, "row 10, HBM bank efficiency %.2f", efficiency),
          m ->
              m.withHbm(
                  new Hbm(
                      hbm.bytes(), hbm.bytesPerSecond(), efficiency, hbm.latencyPicoseconds())));
    }
    Control control = machine.control();
    for (int cycles : new int[] {8, 32}) {
      all.put(
          "row 17, a macro-instruction per %d cycles".formatted(cycles),
          m ->
              m.withControl(
                  new Control(cycles, control.queueDepth(), control.launchPicoseconds())));
    }
    VectorUnit tvp = machine.tvp();
    for (int flops : new int[] {4, 8}) {
      all.put(
          "row 19, %d operations per vector lane and cycle".formatted(flops),
          m ->
              m.withTvp(
                  new VectorUnit(
                      tvp.lanes32(),
                      tvp.lanes16(),
                      flops,
                      tvp.exponentialFlops(),
                      tvp.transcendentalFlops(),
                      tvp.startCycles())));
    }
    return all;
  }

  /// The lowest of all predictions.
  public double low() {
    return variants.values().stream().mapToDouble(v -> v).reduce(nominal, Math::min);
  }

  /// The highest of all predictions.
  public double high() {
    return variants.values().stream().mapToDouble(v -> v).reduce(nominal, Math::max);
  }

  /// The nominal value with its band, then one line per change.
  @Override
  public String toString() {
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%.4g, band %.4g to %.4g%n", nominal, low(), high()));
    int longest = variants.keySet().stream().mapToInt(String::length).max().orElse(0);
    variants.forEach((name, value) -> {
      String pad = " ".repeat(longest - name.length());
      out.append(String.format(Locale.ROOT, "  %s%s  %.4g%n", name, pad, value));
    });
    return out.toString().replace("\r\n", "\n");
  }
}
