import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Grid;
import maia.quant.KeyValues;
import maia.quant.Method;
import maia.quant.MixedPrecision;
import maia.quant.Outcome;
import maia.quant.Qat;
import maia.quant.Quantize;
import maia.quant.QuantizedModel;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Sharing;
import maia.quant.Sensitivity;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Part;
import maia.tensor.data.Stories;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;
import maia.tensor.optim.AdamW;

/// What low precision does to the small decoder of stories:
/// `QuantStudy [FOLDER [SEEDS [STORIES [formats|sensitivity|training|all]]]]`. Every number is the
/// loss over fp32 in nats per token on the same test tokens, so differences are paired; `+-` is the
/// standard error of that difference, averaged over the trainings.
public class QuantStudy {
  static final int QAT_STEPS = 150;

  /// One way to quantise, by name.
  record Way(String name, java.util.function.Function<Study, Outcome> measure) {}

  /// A trained decoder with its data.
  record Study(Decoder model, Batch test, Tensor calibration, Tensor original) {
    Tensor classes() {
      return test.targets().reshape(-1);
    }

    Outcome outcome(Module quantised) {
      return Outcome.of(original, logits(quantised, test), classes());
    }

    Quantize<QuantizedModel> quantise() {
      return Quantize.of((Module) model).keep("lm_head");
    }
  }

  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "datasets/stories");
    int seeds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    int stories = args.length > 2 ? Integer.parseInt(args[2]) : 24;
    String part = args.length > 3 ? args[3] : "formats";
    for (String kind : List.of("ordinary", "outliers")) {
      List<Path> files =
          IntStream.rangeClosed(1, seeds)
              .mapToObj(seed -> folder.resolve(kind + "-" + seed + ".safetensors"))
              .toList();
      if (part.equals("formats") || part.equals("all")) {
        formats(kind, files, stories);
      }
      if (part.equals("training") || part.equals("all")) {
        training(kind, files, stories);
      }
    }
    if (part.equals("sensitivity") || part.equals("all")) {
      sensitivity(study(folder.resolve("ordinary-1.safetensors"), stories));
    }
  }

  static void formats(String kind, List<Path> files, int stories) {
    List<Study> studies = files.stream().map(file -> study(file, stories)).toList();
    heading("%s decoder, %d trainings, %d test tokens".formatted(kind, files.size(), stories * Stories.LENGTH));
    for (Way way : ways()) {
      System.out.println(line(way.name(), studies.parallelStream().map(way.measure()).toList()));
    }
    System.out.println();
  }

  static void heading(String title) {
    System.out.printf("%-42s %9s %22s %9s %8s %9s%n", title, "loss", "over fp32", "KL", "same", "sure same");
  }

  static Study study(Path file, int stories) {
    Decoder model = load(file);
    Batch test = batch(Part.TEST, stories);
    Tensor calibration = batch(Part.TRAIN, 24).inputs();
    return new Study(model, test, calibration, logits(model, test));
  }

  static Decoder load(Path file) {
    Decoder model = new Decoder(DecoderConfig.stories(), 0);
    Map<String, Tensor> state = new LinkedHashMap<>();
    Safetensors.read(file).forEach((name, t) -> state.put(name, t.to(DType.F32)));
    model.loadStateDict(state);
    model.eval();
    return model;
  }

  static Batch batch(Part part, int stories) {
    return DataLoader.inOrder(Stories.generate(Stories.SEED, part, stories), stories)
        .epoch(0)
        .iterator()
        .next();
  }

  static Tensor logits(Module model, Batch data) {
    Tensor scores = Tensor.noGrad(() -> model.forward(data.inputs()));
    return scores.reshape(-1, scores.size(-1));
  }

  static Quantizer ints(int bits, Sharing sharing) {
    return Quantizer.of(new Grid.Ints(bits), sharing);
  }

  static List<Way> ways() {
    Quantizer fp8 = Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.ROWS);
    Quantizer token4 = ints(4, Sharing.ROWS);
    Quantizer int3 = ints(3, Sharing.ROWS);
    List<Way> ways = new ArrayList<>();
    ways.add(both("FP8 E4M3 W+A, per row and token", fp8));
    for (ScaleRule rule : List.of(ScaleRule.FLOOR, ScaleRule.RCEIL)) {
      ways.add(both("MXFP8 E4M3 W+A, " + rule, Quantizer.of(BlockFormat.MXFP8_E4M3, rule)));
    }
    ways.add(both("MXFP6 E2M3 W+A, FLOOR", Quantizer.of(BlockFormat.MXFP6_E2M3, ScaleRule.FLOOR)));
    for (ScaleRule rule : List.of(ScaleRule.FLOOR, ScaleRule.EVEN, ScaleRule.MSE)) {
      ways.add(both("MXFP4 W+A, " + rule, Quantizer.of(BlockFormat.MXFP4, rule)));
    }
    ways.add(both("NVFP4 W+A", Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR)));
    ways.add(both("INT4 W4A4, per row and token", token4));
    ways.add(
        new Way(
            "INT4 W4A4, SmoothQuant",
            s -> s.outcome(s.quantise().weights(token4).activations(token4).calibrate(s.calibration()).with(Method.SMOOTH).apply())));
    ways.add(
        new Way(
            "INT4 W4A4, Hadamard rotation",
            s -> s.outcome(s.quantise().weights(token4).activations(token4).with(Method.ROTATE).apply())));
    ways.add(
        new Way(
            "INT4 W4A4, rotation and GPTQ",
            s -> s.outcome(s.quantise().weights(token4).activations(token4).calibrate(s.calibration()).with(Method.ROTATE).with(Method.GPTQ).apply())));
    for (Method method : List.of(Method.NEAREST, Method.AWQ, Method.GPTQ)) {
      ways.add(
          new Way(
              "INT3 weights per row, " + method.label(),
              s -> s.outcome(s.quantise().weights(int3).calibrate(s.calibration()).with(method).apply())));
    }
    Quantizer affine = int3.with(Quantizer.Scale.AFFINE);
    ways.add(new Way("INT3 weights per row affine, HQQ", s -> s.outcome(s.quantise().weights(affine).with(Method.HQQ).apply())));
    for (int bits : new int[] {8, 4, 3}) {
      KeyValues cache = KeyValues.of(ints(bits, Sharing.ROWS));
      ways.add(
          new Way(
              "KV cache INT" + bits + " per token and head",
              s -> cache.within(() -> s.outcome(s.model()))));
    }
    return ways;
  }

  static Way both(String name, Quantizer q) {
    return new Way(name, s -> s.outcome(s.quantise().weights(q).activations(q).apply()));
  }

  static String line(String name, List<Outcome> outcomes) {
    double squares = outcomes.stream().mapToDouble(o -> o.standardError() * o.standardError()).sum();
    return String.format(
        Locale.ROOT,
        "%-42s %9.4f %+11.4f +- %7.4f %9.5f %6.2f %% %7.2f %%",
        name,
        mean(outcomes, Outcome::loss),
        mean(outcomes, Outcome::difference),
        Math.sqrt(squares) / outcomes.size(),
        mean(outcomes, Outcome::divergence),
        100 * mean(outcomes, Outcome::agreement),
        100 * mean(outcomes, Outcome::sureAgreement));
  }

  static double mean(List<Outcome> outcomes, java.util.function.ToDoubleFunction<Outcome> of) {
    return outcomes.stream().mapToDouble(of).average().orElseThrow();
  }

  /// A third of the layers in MXFP4, the rest in MXFP8: those that three estimates choose, against
  /// random ones.
  static void sensitivity(Study study) {
    Quantizer four = Quantizer.of(BlockFormat.MXFP4, ScaleRule.EVEN);
    Quantizer eight = Quantizer.of(BlockFormat.MXFP8_E4M3, ScaleRule.RCEIL);
    List<Tensor> batches = List.of(batch(Part.TRAIN, 8).inputs());
    Tensor targets = batch(Part.TRAIN, 8).targets().reshape(-1);
    Sensitivity all =
        Sensitivity.of(
            study.model(),
            List.of(four, eight),
            batches,
            (m, i) -> {
              Tensor scores = m.forward(batches.get(i));
              return Functional.crossEntropy(scores.reshape(-1, scores.size(-1)), targets);
            });
    double bits = 6.25;
    heading("MXFP4 and MXFP8 at %.2f bits per weight".formatted(bits));
    for (Sensitivity.Estimate by : Sensitivity.Estimate.values()) {
      MixedPrecision chosen = MixedPrecision.underBits(all, by, bits);
      print("chosen by " + by.name().toLowerCase(Locale.ROOT) + " sensitivity", study, chosen.layers());
    }
    Random random = new Random(1);
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      outcomes.add(study.outcome(mixed(study, randomLayers(all, four, eight, bits, random))));
    }
    System.out.println(line("chosen at random, mean of 8", outcomes));
    System.out.println();
  }

  static void print(String name, Study study, SequencedMap<String, Quantizer> layers) {
    System.out.println(line(name, List.of(study.outcome(mixed(study, layers)))));
  }

  static QuantizedModel mixed(Study study, SequencedMap<String, Quantizer> layers) {
    return Quantize.of((Module) study.model()).weights(layers).apply();
  }

  static SequencedMap<String, Quantizer> randomLayers(
      Sensitivity all, Quantizer four, Quantizer eight, double bits, Random random) {
    List<String> order = new ArrayList<>(all.layers());
    java.util.Collections.shuffle(order, random);
    double total = order.stream().mapToDouble(l -> all.of(l).getFirst().weights()).sum();
    double spent = 4.25 * total;
    SequencedMap<String, Quantizer> chosen = new LinkedHashMap<>();
    for (String layer : order) {
      double more = 4 * (double) all.of(layer).getFirst().weights();
      boolean fits = spent + more <= bits * total;
      spent += fits ? more : 0;
      chosen.put(layer, fits ? eight : four);
    }
    return chosen;
  }

  /// Training on with MXFP4 weights and inputs, and the same steps in fp32.
  static void training(String kind, List<Path> files, int stories) {
    List<List<Outcome>> all =
        IntStream.range(0, files.size())
            .parallel()
            .mapToObj(i -> trained(files.get(i), i + 1, stories))
            .toList();
    heading("%s decoder, %d steps more".formatted(kind, QAT_STEPS));
    String[] names = {
      "MXFP4 W+A before",
      "MXFP4 W+A after QAT",
      "fp32 control, in fp32",
      "fp32 control, then MXFP4 W+A"
    };
    for (int i = 0; i < names.length; i++) {
      int row = i;
      System.out.println(line(names[i], all.stream().map(o -> o.get(row)).toList()));
    }
    System.out.println();
  }

  static List<Outcome> trained(Path file, long seed, int stories) {
    Quantizer mx = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Study before = study(file, stories);
    Outcome start = before.outcome(before.quantise().weights(mx).activations(mx).apply());
    Decoder trained = load(file);
    Qat qat = Qat.of(trained, mx, mx).keep("lm_head");
    train(qat, trained, seed);
    Decoder control = load(file);
    train(control, control, seed);
    Quantize<QuantizedModel> controlled = Quantize.of((Module) control).keep("lm_head");
    return List.of(
        start,
        before.outcome(qat.convert()),
        before.outcome(control),
        before.outcome(controlled.weights(mx).activations(mx).apply()));
  }

  static void train(Module forward, Decoder model, long seed) {
    int size = 16;
    var data = Stories.generate(Stories.SEED + seed, Part.TRAIN, QAT_STEPS * size);
    var optimiser = new AdamW(model.parameters(), 5e-4, 0.0);
    int step = 0;
    for (Batch batch : DataLoader.inOrder(data, size).epoch(0)) {
      model.zeroGrad();
      Tensor scores = forward.forward(batch.inputs());
      Functional.crossEntropy(scores.reshape(-1, scores.size(-1)), batch.targets().reshape(-1)).backward();
      optimiser.step(5e-4 * (1 - 0.9 * step++ / QAT_STEPS));
    }
  }
}
