package maia.quant;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.DType;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;
import org.jspecify.annotations.Nullable;

/// Runs a model and its quantised form side by side.
final class Reporter {
  private Reporter() {}

  /// What went in and out of the layers in one run, and the layers in the order in which they ran.
  private record Run(
      Map<Linear, List<Tensor>> inputs, Map<Linear, List<Tensor>> outputs, List<Linear> order) {
    static Run of(Module model, Tensor data, LinearRule rule) {
      Run run = new Run(new IdentityHashMap<>(), new IdentityHashMap<>(), new ArrayList<>());
      Tensor.noGrad(() ->
          LinearRule.within(
              (layer, x) -> {
                Tensor y = rule.output(layer, x);
                if (!run.inputs.containsKey(layer)) {
                  run.order.add(layer);
                }
                run.inputs.computeIfAbsent(layer, _ -> new ArrayList<>()).add(x);
                run.outputs.computeIfAbsent(layer, _ -> new ArrayList<>()).add(y);
                return y;
              },
              () -> InUse.run(model, () -> model.forward(data))));
      return run;
    }

    static float[] values(Map<Linear, List<Tensor>> of, Linear layer) {
      List<Tensor> parts = of.getOrDefault(layer, List.of());
      Check.argument(
          !parts.isEmpty(), "report: no input reached %s; use data that run through it", layer);
      List<Tensor> rows = parts.stream().map(x -> x.reshape(-1, x.size(-1))).toList();
      return (rows.size() == 1 ? rows.getFirst() : Tensor.cat(rows, 0)).toArray();
    }
  }

  static QuantReport report(QuantizedModel model, Tensor data) {
    Run exact = Run.of(model.model(), data, Linear::forward);
    Run quantised = Run.of(model.model(), data, model::output);
    List<LayerReport> layers = new ArrayList<>();
    Provenance provenance =
        Provenance.empty()
            .with("model", Provenance.hash(model.model()))
            .with("data", Provenance.hash(data));
    List<Map.Entry<String, Module>> byDepth = new ArrayList<>(model.layers().entrySet());
    byDepth.sort(Comparator.comparingInt(e -> depth(exact, model.originals().get(e.getKey()))));
    for (Map.Entry<String, Module> entry : byDepth) {
      Stop.poll("report");
      if (entry.getValue() instanceof StoredLinear stored) {
        Linear layer =
            Check.present(model.originals().get(entry.getKey()), "Reporter", entry.getKey());
        layers.add(layer(entry.getKey(), layer, stored, exact, quantised));
        provenance =
            provenance
                .with("weights of " + entry.getKey(), stored.stored().quantizer().label())
                .with("inputs of " + entry.getKey(), stored.inputLabel())
                .with("method of " + entry.getKey(), stored.method());
      }
    }
    return new QuantReport(
        model.model().getClass().getSimpleName(),
        layers,
        kept(model),
        model.bitsPerWeight(),
        Optional.empty(),
        Optional.empty(),
        provenance);
  }

  /// Layers that were kept, and matrices that belong to no linear layer, each with what holds it.
  private static SequencedMap<String, String> kept(QuantizedModel model) {
    SequencedMap<String, String> kept = new LinkedHashMap<>();
    model
        .originals()
        .forEach((name, layer) -> {
          if (!model.layers().containsKey(name)) {
            kept.put(name, Mirror.label(layer));
          }
        });
    model
        .model()
        .namedModules()
        .forEach((name, part) -> {
          boolean isLinear =
              LayerInputs.product(part).isPresent() || !Projections.of(part).isEmpty();
          part.ownParameters()
              .forEach((own, p) -> {
                if (!isLinear && p.rank() >= 2) {
                  kept.put(name.isEmpty() ? own : name + "." + own, Mirror.label(part));
                }
              });
        });
    return kept;
  }

  /// The place of a layer in the run; behind all others where it did not run.
  private static int depth(Run run, @Nullable Linear layer) {
    int place = run.order.indexOf(layer);
    return place < 0 ? Integer.MAX_VALUE : place;
  }

  private static LayerReport layer(
      String name, Linear layer, StoredLinear stored, Run exact, Run quantised) {
    Quantized weights = stored.stored();
    float[] x = Run.values(exact.inputs, layer);
    float[] y = Run.values(exact.outputs, layer);
    int columns = weights.columns();
    int rows = x.length / columns;
    Tensor read =
        stored.groups() == 1
            ? Tensor.of(x, rows, columns)
            : Tensor.of(x, rows / stored.groups(), stored.groups(), columns);
    Tensor alone = Tensor.noGrad(() -> stored.forward(read));
    float[] prepared = stored.preparedWeights(layer.weight().detach().toArray());
    return new LayerReport(
        name,
        weights.quantizer().label(),
        stored.inputLabel(),
        stored.method(),
        weights.bitsPerValue(),
        weights.distortion(prepared),
        subnormal(weights),
        stored.inputs().map(i -> inputs(stored, i, x, rows, columns)),
        decibels(y, alone.toArray()),
        decibels(y, Run.values(quantised.outputs, layer)),
        exponents(weights.scales()),
        stored.invariance());
  }

  private static Distortion inputs(
      StoredLinear stored, InputStore store, float[] x, int rows, int columns) {
    float[] before = stored.prepared(x, rows, columns);
    return store.stored(before, rows, columns).distortion(before);
  }

  private static double decibels(float[] y, float[] z) {
    return Distortion.of(y, z).decibels();
  }

  /// The share of stored weights below the smallest normal number of their format, zeros left out.
  private static double subnormal(Quantized weights) {
    if (!(weights.quantizer().grid() instanceof Grid.Floats(DType type))) {
      return 0;
    }
    var format = type.format().orElseThrow();
    double normal = Math.scalb(1.0, 1 - format.bias());
    long count = 0;
    long below = 0;
    for (int code : weights.codes()) {
      float element = Math.abs(weights.quantizer().grid().value(code));
      count += element > 0 ? 1 : 0;
      below += element > 0 && element < normal ? 1 : 0;
    }
    return count == 0 ? 0 : (double) below / count;
  }

  private static SortedMap<Integer, Integer> exponents(float[] scales) {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (float scale : scales) {
      if (scale != 0) {
        counts.merge(Math.getExponent((double) scale), 1, Integer::sum);
      }
    }
    return counts;
  }
}
