package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A report as JSON text.
final class ReportJson {
  private ReportJson() {}

  static String of(QuantReport report) {
    List<String> fields = new ArrayList<>();
    fields.add(field("model", quoted(report.model())));
    fields.add(field("bits_per_weight", number(report.bitsPerWeight())));
    fields.add(field("layers", list(report.layers().stream().map(ReportJson::layer).toList())));
    List<String> kept = new ArrayList<>();
    report.kept().forEach((name, part) -> kept.add(field(name, quoted(part))));
    fields.add(field("kept", object(kept.toArray(String[]::new))));
    report.outcome().ifPresent(o -> fields.add(field("outcome", outcome(o))));
    report
        .cost()
        .ifPresent(c ->
            fields.add(
                field(
                    "cost",
                    object(
                        field("seconds", number(c.seconds())),
                        field("joules", number(c.joules())),
                        field("dollars", number(c.dollars()))))));
    List<String> provenance = new ArrayList<>();
    for (Map.Entry<String, String> e : report.provenance().entries().entrySet()) {
      provenance.add(field(e.getKey(), quoted(e.getValue())));
    }
    fields.add(field("provenance", object(provenance.toArray(String[]::new))));
    return object(fields.toArray(String[]::new)) + "\n";
  }

  private static String layer(LayerReport layer) {
    List<String> scales = new ArrayList<>();
    layer
        .scales()
        .forEach((exponent, count) ->
            scales.add(field(String.valueOf(exponent), String.valueOf(count))));
    return object(
        field("name", quoted(layer.name())),
        field("weights", quoted(layer.weights())),
        field("inputs", quoted(layer.inputs())),
        field("method", quoted(layer.method())),
        field("bits_per_weight", number(layer.bitsPerWeight())),
        field("weight_distortion", distortion(layer.weightDistortion())),
        field("subnormal", number(layer.subnormal())),
        field(
            "input_distortion", layer.inputDistortion().map(ReportJson::distortion).orElse("null")),
        field("alone_db", number(layer.alone())),
        field("chain_db", number(layer.chain())),
        field("scale_exponents", object(scales.toArray(String[]::new))),
        field("invariance", number(layer.invariance().largest())));
  }

  private static String distortion(Distortion d) {
    return object(
        field("sqnr_db", number(d.decibels())),
        field("clipped", number(d.clipped())),
        field("zeroed", number(d.zeroed())),
        field("largest_error", number(d.largestError())));
  }

  private static String outcome(Outcome o) {
    return object(
        field("samples", String.valueOf(o.samples())),
        field("loss", number(o.loss())),
        field("difference", number(o.difference())),
        field("standard_error", number(o.standardError())),
        field("kl", number(o.divergence())),
        field("agreement", number(o.agreement())),
        field("accuracy", number(o.accuracy())),
        field("original_accuracy", number(o.originalAccuracy())),
        field("sure_samples", String.valueOf(o.sure())),
        field("sure_agreement", number(o.sureAgreement())));
  }

  private static String object(String... fields) {
    return "{" + String.join(", ", fields) + "}";
  }

  private static String list(List<String> values) {
    return "[" + String.join(",\n", values) + "]";
  }

  private static String field(String name, String value) {
    return quoted(name) + ": " + value;
  }

  private static String number(double x) {
    return Double.isFinite(x) ? String.valueOf(x) : "null";
  }

  /// Text as a JSON string.
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c < ' ') {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
