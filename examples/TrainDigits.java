import java.nio.file.Path;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.Digits;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Loss;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import maia.tensor.optim.Adam;
import maia.tensor.optim.Optimizer;

/// Trains the digits network on generated images and writes its weights:
/// `TrainDigits [FILE [IMAGES [EPOCHS]]]`. The file is the same, byte for byte, on every machine.
public class TrainDigits {
  static final Loss LOSS = new CrossEntropyLoss();

  public static void main(String[] args) {
    Path file = Path.of(args.length > 0 ? args[0] : "datasets/digits/mlp.safetensors");
    int images = args.length > 1 ? Integer.parseInt(args[1]) : 20_000;
    int epochs = args.length > 2 ? Integer.parseInt(args[2]) : 8;

    Module model = network();
    train(model, Digits.generate(Digits.SEED, Digits.Split.TRAIN, images), epochs);

    System.out.printf("test: %s%n", evaluate(model, Digits.test()));
    Safetensors.write(file, model.stateDict());
    System.out.printf("wrote %,d parameters to %s%n", model.parameterCount(), file);
  }

  static Module network() {
    return Sequential.of(
        new Linear(Digits.PIXELS, 128, 1), new ReLU(),
        new Linear(128, 64, 2), new ReLU(),
        new Linear(64, Digits.CLASSES, 3));
  }

  static void train(Module model, Dataset data, int epochs) {
    DataLoader loader = DataLoader.shuffled(data, 128, 7);
    Optimizer optimizer = Adam.decoupled(model.parameters(), 3e-3, 0.3);
    for (int epoch = 0; epoch < epochs; epoch++) {
      double rate = optimizer.learningRate() * (epochs - epoch) / epochs;
      double sum = 0;
      for (Batch batch : loader.epoch(epoch)) {
        optimizer.zeroGrad();
        Tensor loss = LOSS.forward(model.forward(batch.inputs()), batch.targets());
        loss.backward();
        optimizer.step(rate);
        sum += loss.item();
      }
      System.out.printf("epoch %2d: loss %.4f%n", epoch + 1, sum / loader.batches());
    }
  }

  record Score(double accuracy, double loss) {
    @Override
    public String toString() {
      return "accuracy %.2f %%, loss %.4f".formatted(100 * accuracy, loss);
    }
  }

  static Score evaluate(Module model, Dataset data) {
    Batch all = DataLoader.inOrder(data, data.size()).epoch(0).iterator().next();
    Tensor logits = Tensor.noGrad(() -> model.eval().forward(all.inputs()));
    Tensor right = logits.argmax(1).eq(all.targets());
    return new Score(
        right.sum().item() / data.size(), LOSS.forward(logits, all.targets()).item());
  }
}
