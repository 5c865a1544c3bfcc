package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.Digits;
import maia.tensor.optim.AdamSettings;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.Gradients;
import maia.tensor.optim.ParamGroup;
import maia.tensor.optim.Schedule;
import org.junit.jupiter.api.Test;

/// The short form of `examples/TrainCnn`.
class CnnTrainingTest {
  private static final int IMAGES = 320;
  private static final int EPOCHS = 3;

  /// The bits of the curve, the same on every machine, with and without the vector module.
  private static final int RECORDED = 66028200;

  private static Module network() {
    Window same = Window.of().padding(1);
    return Sequential.of(
        new Unflatten(1, 1, Digits.SIDE, Digits.SIDE),
        new Conv2d(1, 4, 3, same.stride(2), Bias.NONE, 1),
        new BatchNorm2d(4),
        new ReLU(),
        new Conv2d(4, 8, 3, same, Bias.LEARNED, 2),
        new ReLU(),
        new MaxPool2d(2),
        new Flatten(),
        new Dropout(0.1, 4),
        new Linear(8 * 16, Digits.CLASSES, 3));
  }

  /// The loss of every step.
  private static List<Float> curve(int workers) {
    Module model = network();
    Dataset data = Digits.generate(Digits.SEED, Digits.Split.TRAIN, IMAGES);
    DataLoader loader = DataLoader.shuffled(data, 32, 7).withWorkers(workers);
    AdamW optimizer =
        new AdamW(ParamGroup.byRank(model.parameters(), 2e-2, 0.05), AdamSettings.PUBLISHED);
    Schedule schedule = Schedule.oneCycle((long) EPOCHS * loader.batches());
    List<Float> losses = new ArrayList<>();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (Batch batch : loader.epoch(epoch)) {
        optimizer.zeroGrad();
        Tensor loss = new CrossEntropyLoss().forward(model.call(batch.inputs()), batch.targets());
        loss.backward();
        Gradients.clipNorm(model.parameters(), 1);
        optimizer.step(schedule, losses.size());
        losses.add(loss.item());
      }
    }
    return losses;
  }

  private static List<Float> curve(int threads, int workers) throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(threads)) {
      return pool.submit(() -> curve(workers)).get();
    }
  }

  @Test
  void cnn_anyThreadsAndWorkers_giveOneLossCurve() throws Exception {
    List<Float> one = curve(1, 0);

    assertThat(curve(5, 3)).isEqualTo(one);
    assertThat(one.hashCode()).as("%s", one).isEqualTo(RECORDED);
    assertThat(one.subList(25, 30).stream().mapToDouble(x -> x).average().orElseThrow())
        .isLessThan(0.7 * one.getFirst());
  }
}
