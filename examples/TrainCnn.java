import java.util.List;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.Digits;
import maia.tensor.nn.BatchNorm2d;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Flatten;
import maia.tensor.nn.Linear;
import maia.tensor.nn.MaxPool2d;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import maia.tensor.nn.Unflatten;
import maia.tensor.optim.AdamSettings;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.Gradients;
import maia.tensor.optim.ParamGroup;
import maia.tensor.optim.Schedule;

/// Trains a small convolutional network on generated digits: `TrainCnn [IMAGES [EPOCHS [TESTED]]]`. The
/// printed numbers are the same on every machine and for any number of threads.
public class TrainCnn {
  static final CrossEntropyLoss LOSS = new CrossEntropyLoss();

  public static void main(String[] args) {
    int images = args.length > 0 ? Integer.parseInt(args[0]) : 8_000;
    int epochs = args.length > 1 ? Integer.parseInt(args[1]) : 4;
    int tested = args.length > 2 ? Integer.parseInt(args[2]) : 10_000;

    Module model = network();
    Dataset data = Digits.generate(Digits.SEED, Digits.Split.TRAIN, images);
    System.out.println(model.summary(data.batch(0).inputs()));
    train(model, data, epochs);
    System.out.printf("test: accuracy %.2f %%%n", 100 * accuracy(model.eval(), Digits.test().first(tested)));
  }

  static Module network() {
    Window same = Window.of().padding(1);
    return Sequential.of(
        new Unflatten(1, 1, Digits.SIDE, Digits.SIDE),
        new Conv2d(1, 8, 3, same, Bias.NONE, 1), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2),
        new Conv2d(8, 16, 3, same, Bias.NONE, 2), new BatchNorm2d(16), new ReLU(),
        new MaxPool2d(2),
        new Flatten(), new Linear(16 * 16, Digits.CLASSES, 3));
  }

  static void train(Module model, Dataset data, int epochs) {
    DataLoader loader = DataLoader.shuffled(data, 64, 7).withWorkers(2);
    List<ParamGroup> groups = ParamGroup.byRank(model.parameters(), 1e-2, 0.05);
    AdamW optimizer = new AdamW(groups, AdamSettings.PUBLISHED);
    Schedule schedule = Schedule.oneCycle((long) epochs * loader.batches());
    long step = 0;
    for (int epoch = 0; epoch < epochs; epoch++) {
      double sum = 0;
      for (Batch batch : loader.epoch(epoch)) {
        optimizer.zeroGrad();
        Tensor loss = LOSS.forward(model.call(batch.inputs()), batch.targets());
        loss.backward();
        Gradients.clipNorm(model.parameters(), 1);
        optimizer.step(schedule, step++);
        sum += loss.item();
      }
      System.out.printf("epoch %2d: loss %.4f%n", epoch + 1, sum / loader.batches());
    }
  }

  static double accuracy(Module model, Dataset data) {
    double right = 0;
    for (Batch batch : DataLoader.inOrder(data, 1000).epoch(0)) {
      Tensor logits = Tensor.noGrad(() -> model.call(batch.inputs()));
      right += logits.argmax(1).eq(batch.targets()).sum().item();
    }
    return right / data.size();
  }
}
