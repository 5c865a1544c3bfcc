package maia.quant;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import maia.base.Rich;
import maia.tensor.Tensor;

/// What quantising did to a model: layer by layer, to its predictions, and what it saves.
///
/// @param model the model's name
/// @param layers the quantised layers, in the order in which they run
/// @param kept what stays as it was, by dotted name with what it is part of: layers that were kept,
///   and matrices that belong to no linear layer, such as embeddings
/// @param bitsPerWeight bits of a weight over all linear layers
/// @param outcome how predictions changed, where that was measured
/// @param cost simulated time, energy and price, where that was asked for
/// @param provenance where the numbers come from
public record QuantReport(
    String model,
    List<LayerReport> layers,
    SequencedMap<String, String> kept,
    double bitsPerWeight,
    Optional<Outcome> outcome,
    Optional<CostOracle.Cost> cost,
    Provenance provenance)
    implements Rich {
  public QuantReport {
    layers = List.copyOf(layers);
    kept = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(kept));
  }

  /// The report of a quantised model on inputs `data`.
  public static QuantReport of(QuantizedModel model, Tensor data) {
    return Reporter.report(model, data);
  }

  /// This report with how predictions changed.
  public QuantReport with(Outcome measured) {
    return new QuantReport(
        model, layers, kept, bitsPerWeight, Optional.of(measured), cost, provenance);
  }

  /// This report with what running takes.
  public QuantReport with(CostOracle.Cost taken) {
    return new QuantReport(
        model, layers, kept, bitsPerWeight, outcome, Optional.of(taken), provenance);
  }

  /// This report with one more entry of provenance, such as a seed.
  public QuantReport with(String name, String value) {
    return new QuantReport(
        model, layers, kept, bitsPerWeight, outcome, cost, provenance.with(name, value));
  }

  /// The report as one JSON object; infinite ratios are null.
  public String toJson() {
    return ReportJson.of(this);
  }

  /// The report as an HTML fragment without scripts and styles.
  public String toHtml() {
    return ReportHtml.of(this);
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/html", toHtml(), "text/plain", toString());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s: %d layers, %.4g bits per weight%n",
            model,
            layers.size(),
            bitsPerWeight));
    text.append(
        String.format(
            Locale.ROOT,
            "%-34s %6s %8s %8s %8s %8s %8s %8s %8s%n",
            "layer",
            "bits",
            "w dB",
            "clip %",
            "zero %",
            "in dB",
            "in clip",
            "alone dB",
            "chain dB"));
    for (LayerReport layer : layers) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-34s %6.3f %8.2f %8.3f %8.3f %8s %8s %8.2f %8.2f%n",
              layer.name(),
              layer.bitsPerWeight(),
              layer.weightDistortion().decibels(),
              100 * layer.weightDistortion().clipped(),
              100 * layer.weightDistortion().zeroed(),
              layer
                  .inputDistortion()
                  .map(d -> String.format(Locale.ROOT, "%.2f", d.decibels()))
                  .orElse("f32"),
              layer
                  .inputDistortion()
                  .map(d -> String.format(Locale.ROOT, "%.3f", 100 * d.clipped()))
                  .orElse("f32"),
              layer.alone(),
              layer.chain()));
    }
    kept.forEach((name, part) ->
        text.append(String.format(Locale.ROOT, "%-34s stays as it was: %s%n", name, part)));
    outcome.ifPresent(o -> text.append(o).append('\n'));
    cost.ifPresent(c -> text.append(c).append('\n'));
    return text.append(provenance).toString();
  }
}
