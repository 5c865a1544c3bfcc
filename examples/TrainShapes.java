import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maia.models.Cnn;
import maia.models.Vit;
import maia.models.VitConfig;
import maia.numerics.DType;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.Part;
import maia.tensor.data.Shapes;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Module;
import maia.tensor.optim.AdamSettings;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.Gradients;
import maia.tensor.optim.ParamGroup;
import maia.tensor.optim.Schedule;

/// Trains a network on generated images of shapes and writes its weights:
/// `TrainShapes [cnn|vit [FILE [STEPS [TESTED]]]]`. Every image is seen once. The file is the same,
/// byte for byte, on every machine.
public class TrainShapes {
  static final CrossEntropyLoss LOSS = new CrossEntropyLoss();
  static final long SEED = 1;

  public static void main(String[] args) throws IOException {
    boolean isVit = args.length > 0 && args[0].equals("vit");
    Path file = Path.of(args.length > 1 ? args[1] : "out/shapes.safetensors");
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : isVit ? 2_500 : 300;
    int tested = args.length > 3 ? Integer.parseInt(args[3]) : 2_000;

    Module model = isVit ? new Vit(VitConfig.shapes(), SEED) : Cnn.shapes(SEED);
    train(model, isVit ? 2e-3 : 1e-2, isVit ? 32 : 64, steps);
    if (isVit) {
      model.to(DType.BF16).to(DType.F32); // what is shipped is what was measured
    }
    model.eval();
    System.out.printf("test: %s%n", evaluate(model, Shapes.generate(Shapes.SEED, Part.TEST, tested)));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Module shipped = isVit ? model.to(DType.BF16) : model;
    Safetensors.write(file, shipped.stateDict(), Map.of("seed", "" + SEED));
    System.out.printf("wrote %,d parameters to %s%n", model.parameterCount(), file);
  }

  static void train(Module model, double rate, int batchSize, int steps) {
    Dataset data = Shapes.generate(Shapes.SEED, Part.TRAIN, batchSize * steps);
    AdamW optimizer =
        new AdamW(ParamGroup.byRank(model.parameters(), rate, 0.05), AdamSettings.PUBLISHED);
    Schedule schedule = Schedule.oneCycle(steps);
    int every = Math.max(50, steps / 20);
    double sum = 0;
    int step = 0;
    for (Batch batch : DataLoader.inOrder(data, batchSize).epoch(0)) {
      optimizer.zeroGrad();
      Tensor loss = LOSS.forward(model.call(batch.inputs()), batch.targets());
      loss.backward();
      Gradients.clipNorm(model.parameters(), 1);
      optimizer.step(schedule, step++);
      sum += loss.item();
      if (step % every == 0 || step == steps) {
        int count = step % every == 0 ? every : step % every;
        System.out.printf("step %,5d of %,d: loss %.4f%n", step, steps, sum / count);
        sum = 0;
      }
    }
  }

  record Score(double accuracy, double loss) {
    @Override
    public String toString() {
      return "accuracy %.2f %%, loss %.4f".formatted(100 * accuracy, loss);
    }
  }

  static Score evaluate(Module model, Dataset data) {
    double right = 0;
    double loss = 0;
    for (Batch batch : DataLoader.inOrder(data, 250).epoch(0)) {
      Tensor logits = Tensor.noGrad(() -> model.call(batch.inputs()));
      right += logits.argmax(1).eq(batch.targets()).sum().item();
      loss += LOSS.forward(logits, batch.targets()).item() * batch.targets().size(0);
    }
    return new Score(right / data.size(), loss / data.size());
  }
}
