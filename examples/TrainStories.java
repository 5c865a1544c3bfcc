import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.models.Outliers;
import maia.numerics.DType;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.Part;
import maia.tensor.data.Stories;
import maia.tensor.io.Safetensors;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.Gradients;
import maia.tensor.optim.Optimizer;
import maia.tensor.optim.Schedule;

/// Trains the decoder of the stories and writes its weights:
/// `TrainStories [FILE [SEED [ordinary|outliers [STEPS]]]]`. `outliers` plants large channels into
/// the first weights, so that the training keeps them. The file is the same, byte for byte, on
/// every machine.
public class TrainStories {
  static final int BATCH = 16;
  static final double RATE = 5e-3;
  static final double DECAY = 0.05;
  static final double OUTLIERS = 16;

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "out/stories.safetensors");
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    boolean outliers = args.length > 2 && args[2].equals("outliers");
    int steps = args.length > 3 ? Integer.parseInt(args[3]) : 900;

    Decoder model = new Decoder(DecoderConfig.stories(), seed);
    if (outliers) {
      Outliers.plant(model, OUTLIERS, seed);
    }
    train(model, seed, steps);
    model.to(DType.BF16).to(DType.F32); // what is shipped is what was measured
    double loss = evaluate(model, Stories.generate(Stories.SEED, Part.TEST, Math.min(500, steps)));
    System.out.printf("test loss %.4f nats/token, entropy %.4f%n", loss, Stories.FLOOR);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Safetensors.write(
        file,
        model.to(DType.BF16).namedParameters(),
        Map.of("seed", "" + seed, "kind", outliers ? "outliers" : "ordinary"));
    System.out.printf("wrote %,d parameters to %s%n", model.parameterCount(), file);
  }

  static void train(Decoder model, long seed, int steps) {
    Dataset data = Stories.generate(Stories.SEED, Part.TRAIN, BATCH * steps);
    DataLoader loader = DataLoader.shuffled(data, BATCH, seed);
    Optimizer optimizer = new AdamW(model.parameters(), RATE, DECAY);
    Schedule schedule = Schedule.cosine(steps, 0.02).afterWarmup(Math.min(100, steps / 10));
    double sum = 0;
    int step = 0;
    for (Batch batch : loader.epoch(0)) {
      optimizer.zeroGrad();
      Tensor loss = loss(model, batch);
      loss.backward();
      Gradients.clipNorm(model.parameters(), 1);
      optimizer.step(RATE * schedule.factor(step));
      sum += loss.item();
      if (++step % 100 == 0 || step == steps) {
        int count = step % 100 == 0 ? 100 : step % 100;
        System.out.printf("step %,5d of %,d: loss %.4f%n", step, steps, sum / count);
        sum = 0;
      }
    }
  }

  static Tensor loss(Decoder model, Batch batch) {
    Tensor scores = model.forward(batch.inputs());
    return Functional.crossEntropy(
        scores.reshape(-1, scores.size(2)), batch.targets().reshape(-1));
  }

  static double evaluate(Decoder model, Dataset data) {
    double sum = 0;
    for (Batch batch : DataLoader.inOrder(data, 100).epoch(0)) {
      sum += Tensor.noGrad(() -> loss(model, batch)).item() * batch.inputs().size(0);
    }
    return sum / data.size();
  }
}
