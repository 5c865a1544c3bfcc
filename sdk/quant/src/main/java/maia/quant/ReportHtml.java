package maia.quant;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A report as HTML tables.
final class ReportHtml {
  private ReportHtml() {}

  static String of(QuantReport report) {
    StringBuilder html = new StringBuilder();
    html.append("<h4>").append(escape(report.model())).append(": ");
    html.append(number(report.bitsPerWeight())).append(" bits per weight</h4>\n");
    report
        .outcome()
        .ifPresent(o -> html.append("<p>").append(escape(o.toString())).append("</p>\n"));
    report
        .outcome()
        .ifPresent(o ->
            html.append(
                String.format(
                    Locale.ROOT,
                    "<p>agreement where the original is sure (%d of %d): %.2f %%</p>%n",
                    o.sure(),
                    o.samples(),
                    100 * o.sureAgreement())));
    report.cost().ifPresent(c -> html.append("<p>").append(escape(c.toString())).append("</p>\n"));
    html.append("<table>\n");
    html.append(
        row(
            "th",
            "layer",
            "weights",
            "inputs",
            "method",
            "bits",
            "weights dB",
            "clipped %",
            "zero %",
            "subnormal %",
            "inputs dB",
            "inputs clipped %",
            "inputs zero %",
            "output alone dB",
            "output in chain dB",
            "scales 2^"));
    for (LayerReport layer : report.layers()) {
      html.append(row(layer));
    }
    if (!report.kept().isEmpty()) {
      html.append("</table>\n<table>\n").append(row("th", "stays as it was", "part of"));
      report.kept().forEach((name, part) -> html.append(row("td", name, part)));
    }
    html.append("</table>\n<table>\n").append(row("th", "provenance", ""));
    for (Map.Entry<String, String> e : report.provenance().entries().entrySet()) {
      html.append(row("td", e.getKey(), e.getValue()));
    }
    return html.append("</table>\n").toString();
  }

  private static String row(LayerReport layer) {
    Distortion weights = layer.weightDistortion();
    return row(
        "td",
        layer.name(),
        layer.weights(),
        layer.inputs(),
        layer.method(),
        number(layer.bitsPerWeight()),
        number(weights.decibels()),
        number(100 * weights.clipped()),
        number(100 * weights.zeroed()),
        number(100 * layer.subnormal()),
        layer.inputDistortion().map(d -> number(d.decibels())).orElse("f32"),
        layer.inputDistortion().map(d -> number(100 * d.clipped())).orElse("f32"),
        layer.inputDistortion().map(d -> number(100 * d.zeroed())).orElse("f32"),
        number(layer.alone()),
        number(layer.chain()),
        layer.scales().entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining(", ")));
  }

  private static String row(String cell, String... values) {
    return Arrays.stream(values)
        .map(v -> "<" + cell + ">" + escape(v) + "</" + cell + ">")
        .collect(Collectors.joining("", "<tr>", "</tr>\n"));
  }

  private static String number(double x) {
    return Double.isInfinite(x) ? "exact" : String.format(Locale.ROOT, "%.3f", x);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
