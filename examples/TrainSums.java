import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maia.models.Mlp;
import maia.numerics.DType;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.ModularAddition;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Module;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.Optimizer;
import maia.tensor.optim.Schedule;

/// Trains a network to add modulo 64, on all 4,096 sums, and writes its weights:
/// `TrainSums [FILE [EPOCHS]]`. The file is the same, byte for byte, on every machine.
public class TrainSums {
  static final CrossEntropyLoss LOSS = new CrossEntropyLoss();
  static final int BATCH = 256;
  static final double RATE = 3e-3;

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args.length > 0 ? args[0] : "out/sums.safetensors");
    int epochs = args.length > 1 ? Integer.parseInt(args[1]) : 60;

    Module model = Mlp.modularAddition(ModularAddition.MODULUS, 1);
    Dataset data = ModularAddition.of(ModularAddition.MODULUS);
    train(model, data, epochs);
    model.to(DType.BF16).to(DType.F32); // what is shipped is what was measured
    Batch all = DataLoader.inOrder(data, data.size()).epoch(0).iterator().next();
    Tensor logits = Tensor.noGrad(() -> model.eval().call(all.inputs()));
    System.out.printf(
        "all sums: accuracy %.2f %%, loss %.4f%n",
        100 * logits.argmax(1).eq(all.targets()).sum().item() / data.size(),
        LOSS.forward(logits, all.targets()).item());
    Files.createDirectories(file.toAbsolutePath().getParent());
    Safetensors.write(file, model.to(DType.BF16).stateDict(), Map.of("seed", "1"));
    System.out.printf("wrote %,d parameters to %s%n", model.parameterCount(), file);
  }

  static void train(Module model, Dataset data, int epochs) {
    DataLoader loader = DataLoader.shuffled(data, BATCH, 7);
    Optimizer optimizer = new AdamW(model.parameters(), RATE, 0.01);
    Schedule schedule = Schedule.cosine((long) epochs * loader.batches(), 0.02);
    long step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      double sum = 0;
      for (Batch batch : loader.epoch(epoch)) {
        optimizer.zeroGrad();
        Tensor loss = LOSS.forward(model.call(batch.inputs()), batch.targets());
        loss.backward();
        optimizer.step(RATE * schedule.factor(step++));
        sum += loss.item();
      }
      if ((epoch + 1) % 10 == 0 || epoch + 1 == epochs) {
        System.out.printf("epoch %3d of %d: loss %.4f%n", epoch + 1, epochs, sum / loader.batches());
      }
    }
  }
}
