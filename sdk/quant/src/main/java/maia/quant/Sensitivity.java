package maia.quant;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import maia.base.Check;
import maia.base.Stop;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// What storing each layer in each of some ways does to a model, estimated in three ways side by
/// side.
///
/// @param rows one per layer and choice, layers in the model's order
public record Sensitivity(List<Row> rows) {
  /// One layer stored in one way, the others in fp32.
  ///
  /// @param layer its dotted name
  /// @param choice how its weights are stored
  /// @param weights how many weights it has
  /// @param columns its inputs
  /// @param measured the loss less that of the original
  /// @param gradient `1/2 sum (g dw)^2` over the weights with `g` the gradients of batches: the
  ///   second-order change of the loss with the empirical Fisher matrix's diagonal
  /// @param noise the mean square change of the outputs over their mean square: nearly the same for
  ///   layers of any importance, so under a budget of bits it favours small layers, and can be
  ///   worse than chance; of groups, as if each saw the inputs of all
  public record Row(
      String layer,
      Quantizer choice,
      long weights,
      int columns,
      double measured,
      double gradient,
      double noise) {
    /// The score by one of the estimates.
    public double score(Estimate by) {
      return switch (by) {
        case MEASURED -> measured;
        case GRADIENT -> gradient;
        case NOISE -> noise;
      };
    }

    /// Bits of a weight.
    public double bits() {
      return choice.bitsPerValue(Math.toIntExact(weights / columns), columns);
    }
  }

  /// The estimates.
  public enum Estimate {
    /// The loss with one layer stored.
    MEASURED,
    /// From gradients.
    GRADIENT,
    /// From the outputs of the layer.
    NOISE,
  }

  public Sensitivity {
    rows = List.copyOf(rows);
    Check.argument(!rows.isEmpty(), "sensitivity: needs at least one layer and choice, got none");
    Map<String, Row> firsts = new HashMap<>();
    for (Row row : rows) {
      Row first = firsts.computeIfAbsent(row.layer(), _ -> row);
      Check.argument(
          row.weights() == first.weights() && row.columns() == first.columns(),
          "sensitivity: layer '%s' has %d weights in %d columns in one row and %d in %d in another",
          row.layer(),
          first.weights(),
          first.columns(),
          row.weights(),
          row.columns());
    }
  }

  /// Tries every layer of `model`, run as in use, in every way of `choices`.
  ///
  /// @param batches inputs of the model
  /// @param loss the scalar loss of a model on batch `i`
  public static Sensitivity of(
      Module model, List<Quantizer> choices, List<Tensor> batches, BatchLoss loss) {
    Check.argument(
        !choices.isEmpty() && !batches.isEmpty(),
        "sensitivity: needs choices and batches, got %d and %d",
        choices.size(),
        batches.size());
    return InUse.run(model, () -> measured(model, choices, batches, loss));
  }

  private static Sensitivity measured(
      Module model, List<Quantizer> choices, List<Tensor> batches, BatchLoss loss) {
    SequencedMap<String, Linear> linears = LayerInputs.linears(model);
    Map<String, double[]> fisher = fisher(model, linears, batches, loss);
    LayerInputs inputs = LayerInputs.record(model, batches.getFirst());
    double original = mean(model, batches, loss);
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, Linear> entry : linears.entrySet()) {
      Linear layer = entry.getValue();
      int columns = Math.toIntExact(layer.weight().size(1));
      float[] w = layer.weight().detach().toArray();
      Tensor x = inputs.of(layer);
      double[] moments = Gptq.moments(x.toArray(), Math.toIntExact(x.size(0)), columns);
      for (Quantizer choice : choices) {
        Stop.poll("sensitivity");
        float[] stored = choice.fake(w, w.length / columns, columns);
        QuantizedModel one = Quantize.of(model).weights(Map.of(entry.getKey(), choice)).apply();
        rows.add(
            new Row(
                entry.getKey(),
                choice,
                w.length,
                columns,
                mean(one, batches, loss) - original,
                secondOrder(
                    w,
                    stored,
                    Check.present(fisher.get(entry.getKey()), "Sensitivity", entry.getKey())),
                noise(w, stored, columns, moments)));
      }
    }
    return new Sensitivity(rows);
  }

  /// The loss of a model on a batch.
  @FunctionalInterface
  public interface BatchLoss {
    /// The scalar loss of `model` on batch number `batch`.
    Tensor of(Module model, int batch);
  }

  private static double mean(Module model, List<Tensor> batches, BatchLoss loss) {
    double sum = 0;
    for (int i = 0; i < batches.size(); i++) {
      int batch = i;
      sum += Tensor.noGrad(() -> loss.of(model, batch)).item();
    }
    return sum / batches.size();
  }

  /// The mean square of the gradients of batches.
  private static Map<String, double[]> fisher(
      Module model, Map<String, Linear> linears, List<Tensor> batches, BatchLoss loss) {
    Map<String, double[]> squares = new LinkedHashMap<>();
    linears.forEach(
        (name, layer) -> squares.put(name, new double[Math.toIntExact(layer.weight().elements())]));
    for (int i = 0; i < batches.size(); i++) {
      model.zeroGrad();
      loss.of(model, i).backward();
      for (Map.Entry<String, double[]> entry : squares.entrySet()) {
        Linear layer = Check.present(linears.get(entry.getKey()), "Sensitivity", entry.getKey());
        float[] g =
            LayerInputs.gradient(model, entry.getKey(), layer)
                .map(Tensor::toArray)
                .orElse(new float[0]);
        for (int j = 0; j < g.length; j++) {
          entry.getValue()[j] += (double) g[j] * g[j] / batches.size();
        }
      }
    }
    model.zeroGrad();
    return squares;
  }

  private static double secondOrder(float[] w, float[] stored, double[] fisher) {
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      double change = (double) stored[i] - w[i];
      sum += fisher[i] * change * change;
    }
    return sum / 2;
  }

  private static double noise(float[] w, float[] stored, int columns, double[] moments) {
    int rows = w.length / columns;
    double signal = Gptq.error(w, new float[w.length], rows, columns, moments);
    double error = Gptq.error(w, stored, rows, columns, moments);
    return signal == 0 ? 0 : error / signal;
  }

  /// The rows of one layer.
  public List<Row> of(String layer) {
    return rows.stream().filter(r -> r.layer().equals(layer)).toList();
  }

  /// The names of the layers.
  public List<String> layers() {
    return rows.stream().map(Row::layer).distinct().toList();
  }

  /// A map of one value per layer, for the choice with the given label.
  public SequencedMap<String, Double> scores(String choice, Function<Row, Double> value) {
    SequencedMap<String, Double> scores = new LinkedHashMap<>();
    rows.stream()
        .filter(r -> r.choice().label().equals(choice))
        .forEach(r -> scores.put(r.layer(), value.apply(r)));
    return scores;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-36s %-28s %6s %12s %12s %12s%n",
            "layer",
            "weights",
            "bits",
            "measured",
            "gradient",
            "noise"));
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%-36s %-28s %6.3f %+12.3e %12.3e %12.3e%n",
              row.layer(),
              row.choice().label(),
              row.bits(),
              row.measured(),
              row.gradient(),
              row.noise()));
    }
    return text.toString();
  }
}
