package maia.tensor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DataLoaderTest {
  private static final TensorDataset DATA =
      new TensorDataset(Tensor.rand(maia.numerics.DType.F32, 1, 10, 2), Tensor.arange(10));

  private static List<Long> targets(DataLoader loader, int epoch) {
    List<Long> targets = new ArrayList<>();
    for (Batch batch : loader.epoch(epoch)) {
      for (long target : batch.targets().toLongs()) {
        targets.add(target);
      }
    }
    return targets;
  }

  @Test
  void inOrder_givesEverySampleOnce() {
    DataLoader loader = DataLoader.inOrder(DATA, 4);

    assertThat(targets(loader, 0)).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    assertThat(loader.batches()).isEqualTo(3);
  }

  @Test
  void shuffled_dependsOnSeedAndEpochOnly() {
    DataLoader loader = DataLoader.shuffled(DATA, 3, 5);

    assertThat(targets(loader, 1)).isEqualTo(targets(DataLoader.shuffled(DATA, 4, 5), 1));
    assertThat(targets(loader, 1)).isNotEqualTo(targets(loader, 2));
    assertThat(targets(loader, 1))
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void batch_keepsInputsAndTargetsTogether() {
    Batch batch = DATA.batch(7, 2);

    assertThat(batch.inputs().get(0).toArray()).isEqualTo(DATA.inputs().get(7).toArray());
    assertThat(batch.targets().toLongs()).containsExactly(7, 2);
  }

  @Test
  void epoch_reportsProgress() {
    List<String> seen = new ArrayList<>();
    for (Batch batch :
        DataLoader.inOrder(DATA, 5)
            .epoch(2, (what, done, total) -> seen.add(what + " " + done + "/" + total))) {
      assertThat(batch.inputs().size(0)).isEqualTo(5);
    }
    assertThat(seen).containsExactly("epoch 2 1/2", "epoch 2 2/2");
  }

  @Test
  void epoch_interrupted_stops() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> targets(DataLoader.inOrder(DATA, 5), 0))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void dataSet_sizesDiffer_refused() {
    Messages.shapeRefusal(() -> new TensorDataset(Tensor.zeros(3, 2), Tensor.arange(4)))
        .isEqualTo(
            "data set: inputs and targets must have the same first size, got [3, 2] and [4]");
  }
}
