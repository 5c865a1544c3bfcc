package maia.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import maia.base.Check;
import maia.base.Progress;
import maia.cost.CostReport;
import maia.cost.PriceBook;
import maia.cost.Range;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.quant.QuantLinear;
import maia.quant.Quantize;
import maia.quant.Scheme;
import maia.runtime.Session;
import maia.runtime.SessionRun;
import maia.sim.Options;
import maia.tensor.Tensor;
import maia.tensor.data.Digits;
import maia.tensor.data.TensorDataset;
import maia.tensor.nn.Sequential;

/// The first tour: a trained network on the simulated chip in three precisions, with accuracy,
/// time, energy and cost; and one large layer, where the precisions differ in all of them.
public final class Quickstart {
  /// The precisions of the tour.
  public static final List<Scheme> PRECISIONS = List.of(Scheme.BF16, Scheme.FP8_E4M3, Scheme.MXFP4);

  private static final Machine CHIP = Chip.MAIA_200;
  private static final PriceBook BOOK = PriceBook.MAIA_200_MODELLED;
  private static final int DEVICE_IMAGES = 1_000;
  private static final int CALIBRATION_IMAGES = 2_000;
  private static final int LAYER_ROWS = 4_096;
  private static final int LAYER_FEATURES = 8_192;

  private Quickstart() {}

  /// The digits network in one precision.
  ///
  /// @param scheme the precision
  /// @param accuracy share of the test images the host reference gets right
  /// @param images how many images the device ran
  /// @param run the device's run of them
  public record DigitsRow(Scheme scheme, double accuracy, int images, SessionRun run) {
    /// Time, energy and dollars of the device's run.
    public CostReport cost() {
      return run.cost(images, BOOK);
    }
  }

  /// The tour's results.
  ///
  /// @param hostAccuracy share of the test images the fp32 network gets right
  /// @param testImages how many test images there are
  /// @param digits the network, one row per precision
  /// @param layer a 4096x8192x8192 linear layer without values, one run per precision
  public record Result(
      double hostAccuracy, int testImages, List<DigitsRow> digits, List<SessionRun> layer) {
    public Result {
      digits = List.copyOf(digits);
      layer = List.copyOf(layer);
    }

    /// The table of the network.
    public TableData digitsTable() {
      TableData table =
          TableData.of(
                  "digits network on %s, batch %d".formatted(CHIP.name(), DEVICE_IMAGES),
                  "precision",
                  "accuracy",
                  "device time us",
                  "of peak",
                  "bound by",
                  "energy uJ",
                  "$ per million images, modelled")
              .row("fp32 (host)", percent(hostAccuracy), "-", "-", "-", "-", "-");
      for (DigitsRow row : digits) {
        table =
            table.row(cells(row.scheme().label(), percent(row.accuracy()), row.run(), row.cost()));
      }
      return table;
    }

    /// The table of the layer.
    public TableData layerTable() {
      TableData table =
          TableData.of(
              "one %dx%dx%d linear layer on %s, timing only"
                  .formatted(LAYER_ROWS, LAYER_FEATURES, LAYER_FEATURES, CHIP.name()),
              "precision",
              "device time us",
              "of peak",
              "bound by",
              "energy uJ",
              "$ per million rows, modelled");
      for (SessionRun run : layer) {
        String[] all = cells(run.graph().name(), "", run, run.cost(LAYER_ROWS, BOOK));
        table = table.row(all[0], all[2], all[3], all[4], all[5], all[6]);
      }
      return table;
    }

    private static String[] cells(
        String precision, String accuracy, SessionRun run, CostReport cost) {
      return new String[] {
        precision,
        accuracy,
        number("%.2f", run.picoseconds() * 1e-6),
        number("%.1f %%", 100 * run.peakShare()),
        run.bound(),
        number("%.0f", run.joules() * 1e6),
        dollars(cost)
      };
    }

    private static String dollars(CostReport cost) {
      Range range = cost.dollarsPerMillion();
      return range + (cost.isLatencyBound() ? " (latency-bound: larger batches cost less)" : "");
    }

    /// The layer's time and energy relative to the first precision, one group of bars per
    /// precision.
    public BarChart chart() {
      SessionRun base = layer.getFirst();
      return new BarChart(
          "One %dx%dx%d linear layer on simulated %s"
              .formatted(LAYER_ROWS, LAYER_FEATURES, LAYER_FEATURES, CHIP.name()),
          Axis.linear("relative to " + base.graph().name()),
          layer.stream().map(run -> run.graph().name()).toList(),
          List.of(
              new BarChart.Series(
                  "time",
                  layer.stream().map(r -> (double) r.picoseconds() / base.picoseconds()).toList()),
              new BarChart.Series(
                  "energy", layer.stream().map(r -> r.joules() / base.joules()).toList())));
    }

    /// Both tables and what the numbers rest on.
    @Override
    public String toString() {
      return digitsTable()
          + "\n\n"
          + String.format(
              Locale.ROOT,
              "accuracy: %,d test images on the host, in the device's formats and rounding points;"
                  + " the device ran %,d of them, stored in the precision named, and gave the same"
                  + " bits.\n\n",
              testImages,
              DEVICE_IMAGES)
          + layerTable()
          + "\n\n"
          + number(
              "Kernel time; launches (%.0f us each) are counted in the cost, not in the time.\n",
              CHIP.control().launchPicoseconds() * 1e-6)
          + "Prices: %s.\n".formatted(BOOK)
          + "Modelled, not a price: %s.\n".formatted(BOOK.basis());
    }
  }

  /// Runs the tour.
  public static Result run(Progress progress) {
    progress.report("drawing the digits", 0, 1 + 2L * PRECISIONS.size());
    TensorDataset test = Digits.test();
    Tensor calibration =
        Digits.generate(Digits.SEED, Digits.Split.TRAIN, CALIBRATION_IMAGES).inputs();
    Sequential network = Datasets.digitsNetwork();
    double host = accuracy(Tensor.noGrad(() -> network.forward(test.inputs())), test);
    List<DigitsRow> rows = new ArrayList<>();
    for (Scheme scheme : PRECISIONS) {
      progress.report("digits in " + scheme.label(), 1 + rows.size(), 1 + 2L * PRECISIONS.size());
      rows.add(digits(network, scheme, calibration, test));
    }
    List<SessionRun> layer = new ArrayList<>();
    for (Scheme scheme : PRECISIONS) {
      progress.report(
          "layer in " + scheme.label(),
          1 + PRECISIONS.size() + layer.size(),
          1 + 2L * PRECISIONS.size());
      layer.add(layer(scheme));
    }
    return new Result(host, Math.toIntExact(test.inputs().size(0)), rows, layer);
  }

  private static DigitsRow digits(
      Sequential network, Scheme scheme, Tensor calibration, TensorDataset test) {
    Sequential quantised = Quantize.of(network).with(scheme).calibrate(calibration).apply();
    Tensor reference = Tensor.noGrad(() -> quantised.forward(test.inputs()));
    QuantLinear first = (QuantLinear) quantised.parts().getFirst();
    Tensor images = first.quantizeInput(test.inputs().slice(0, 0, DEVICE_IMAGES));
    SessionRun run = Session.on(CHIP).run("digits " + scheme.label(), quantised::forward, images);
    Check.invariant(
        Arrays.equals(
            bits(run.values().toArray()), bits(reference.slice(0, 0, DEVICE_IMAGES).toArray())),
        "Quickstart",
        "device and host differ in %s",
        scheme.label());
    return new DigitsRow(scheme, accuracy(reference, test), DEVICE_IMAGES, run);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  private static SessionRun layer(Scheme scheme) {
    Tensor x = Tensor.meta(scheme.type(), LAYER_ROWS, LAYER_FEATURES);
    Tensor w = Tensor.meta(scheme.type(), LAYER_FEATURES, LAYER_FEATURES);
    return Session.on(CHIP)
        .with(Options.timingOnly())
        .run(scheme.label(), t -> t.linear(w, DType.F32).to(DType.BF16), x);
  }

  private static double accuracy(Tensor scores, TensorDataset data) {
    long[] guesses = scores.argmax(1).toLongs();
    long[] labels = data.targets().toLongs();
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += guesses[i] == labels[i] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /// Writes the chart and the trace of the first precision's batch into `folder`; returns both
  /// files.
  public static List<Path> write(Result result, Path folder) {
    try {
      Files.createDirectories(folder);
      Path chart = result.chart().figure().savePng(folder.resolve("quickstart.png"));
      Path trace = folder.resolve("quickstart-trace.json");
      Files.writeString(trace, result.digits().getFirst().run().trace());
      return List.of(chart, trace);
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write into " + folder, failure);
    }
  }

  private static String percent(double share) {
    return number("%.2f %%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
