package maia.tensor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import maia.numerics.DType;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {
  private static final Dataset DATA =
      new TensorDataset(Tensor.rand(DType.F32, 1, 23, 4, 4), Tensor.arange(23))
          .augment(5, Transforms.randomFlip().then(Transforms.randomShift(1)));

  private static List<String> batches(DataLoader loader, int epoch) {
    List<String> batches = new ArrayList<>();
    for (Batch batch : loader.epoch(epoch)) {
      batches.add(
          Arrays.toString(batch.targets().toLongs()) + Arrays.hashCode(batch.inputs().toArray()));
    }
    return batches;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 50})
  void workers_anyNumber_giveTheSameBatches(int workers) {
    DataLoader loader = DataLoader.shuffled(DATA, 4, 9);

    assertThat(batches(loader.withWorkers(workers), 3)).isEqualTo(batches(loader, 3));
  }

  @Test
  void augment_eachEpoch_changesOtherwise_whateverTheBatches() {
    Batch one = DATA.inEpoch(1).batch(3, 7);

    assertThat(DATA.inEpoch(1).batch(7).inputs().get(0).toArray())
        .isEqualTo(one.inputs().get(1).toArray());
    assertThat(batches(DataLoader.inOrder(DATA, 23), 1))
        .isNotEqualTo(batches(DataLoader.inOrder(DATA, 23), 2));
  }

  /// Fails at a sample.
  private record Failing(int at) implements Dataset {
    @Override
    public int size() {
      return 12;
    }

    @Override
    public Batch batch(long... indices) {
      if (LongStream.of(indices).anyMatch(i -> i == at)) {
        throw new UnsupportedOperationException("sample " + at + " is broken");
      }
      return new Batch(Tensor.ofLongs(indices), Tensor.ofLongs(indices));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3})
  void exception_ofAWorker_reachesTheLoopInItsTurn(int workers) {
    Iterator<Batch> batches =
        DataLoader.inOrder(new Failing(5), 2).withWorkers(workers).epoch(0).iterator();
    batches.next();
    batches.next();

    assertThatThrownBy(batches::next)
        .isInstanceOf(SampleException.class)
        .hasMessage(
            "epoch 0, batch 2: sample 5 cannot be loaded: java.lang.UnsupportedOperationException:"
                + " sample 5 is broken; mend it, or leave it out with subset(...)")
        .hasCauseInstanceOf(UnsupportedOperationException.class)
        .satisfies(e -> assertThat(((SampleException) e).samples()).containsExactly(5))
        .satisfies(e -> assertThat(e.getStackTrace()).anyMatch(WorkersTest::isHere));
    assertThat(batches.hasNext()).isFalse();
  }

  private static boolean isHere(StackTraceElement frame) {
    return frame.getMethodName().startsWith("exception_ofAWorker");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void samplesOfOtherShapes_areNamedTogether(int workers) {
    Dataset ragged =
        new Failing(-1)
            .map(batch -> {
              Tensor.stack(
                  LongStream.of(batch.targets().toLongs())
                      .mapToObj(i -> Tensor.zeros(i == 4 ? 3 : 2))
                      .toList(),
                  0);
              return batch;
            });
    Iterator<Batch> batches =
        DataLoader.inOrder(ragged, 3).withWorkers(workers).epoch(2).iterator();
    batches.next();

    assertThatThrownBy(batches::next)
        .isInstanceOf(SampleException.class)
        .hasMessageStartingWith(
            "epoch 2, batch 1: samples [3, 4, 5] can be loaded one by one, but not together:"
                + " maia.tensor.ShapeException: cat: inputs differ outside dimension 0");
  }

  @Test
  void cancellationInADataSet_staysWhatItIs() {
    Dataset stopped =
        new Failing(-1)
            .map(batch -> {
              throw new CancellationException("by the user");
            });

    assertThatThrownBy(() -> batches(DataLoader.inOrder(stopped, 4), 0))
        .isInstanceOf(CancellationException.class)
        .hasMessage("by the user");
  }

  @Test
  void interruptInsideADataSet_endsTheLoopAsOneBetweenBatches() {
    Dataset waiting =
        new Failing(-1)
            .map(batch -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                throw new IllegalStateException("no more data", e);
              }
              return batch;
            });
    Epoch epoch = DataLoader.inOrder(waiting, 4).epoch(0);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> epoch.load(0))
        .isInstanceOf(CancellationException.class)
        .hasMessage("epoch 0 was interrupted");
  }

  @Test
  void progress_withWorkers_countsBatchesInTheirOrder() {
    List<String> seen = new ArrayList<>();
    Epoch epoch =
        DataLoader.shuffled(DATA, 8, 1)
            .withWorkers(3)
            .epoch(4, (what, done, total) -> seen.add(what + " " + done + "/" + total));
    epoch.forEach(batch -> assertThat(seen).hasSizeGreaterThan(0));

    assertThat(seen).containsExactly("epoch 4 1/3", "epoch 4 2/3", "epoch 4 3/3");
  }

  @Test
  void close_whileWorkersLoad_interruptsThem() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch ended = new CountDownLatch(2);
    Dataset waiting =
        new Failing(-1)
            .map(batch -> {
              if (batch.targets().toLongs()[0] == 0) {
                return batch;
              }
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                ended.countDown();
              }
              return batch;
            });
    Epoch epoch = DataLoader.inOrder(waiting, 4).withWorkers(2).epoch(0);
    Iterator<Batch> batches = epoch.iterator();
    batches.next();
    started.await();
    epoch.close();
    ended.await();

    assertThatThrownBy(batches::next)
        .isInstanceOf(CancellationException.class)
        .hasMessage("epoch 0 was closed");
  }

  @Test
  void interrupted_whileWaiting_isCancelled() {
    Iterator<Batch> batches = DataLoader.inOrder(DATA, 4).withWorkers(2).epoch(0).iterator();
    Thread.currentThread().interrupt();

    assertThatThrownBy(batches::next)
        .isInstanceOf(CancellationException.class)
        .hasMessage("epoch 0 was interrupted");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void dropLast_leavesOutWhatIsNotFull() {
    DataLoader loader = DataLoader.inOrder(DATA, 5).dropLast();

    assertThat(loader.batches()).isEqualTo(4);
    assertThat(batches(loader, 0)).hasSize(4);
  }

  @Test
  void randomSplit_parts_areDisjointAndRepeat() {
    List<Dataset> parts = DATA.randomSplit(3, 15, 8);
    List<Long> all = new ArrayList<>();
    for (Dataset part : parts) {
      for (Batch batch : DataLoader.inOrder(part, 100).epoch(0)) {
        LongStream.of(batch.targets().toLongs()).forEach(all::add);
      }
    }
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 23).boxed().toList())
        .isNotEqualTo(LongStream.range(0, 23).boxed().toList());
    assertThat(DATA.randomSplit(3, 15, 8).get(1).batch(0).targets().toLongs())
        .isEqualTo(parts.get(1).batch(0).targets().toLongs());
    assertThatThrownBy(() -> DATA.randomSplit(3, 15, 9))
        .hasMessage("random split: sizes must not be negative and add up to 23, were [15, 9]");
  }

  @Test
  void weighted_samples_comeInProportion() {
    long[] order = Sampler.weighted(new double[] {0, 1, 3}, 4000, 1).order(0);

    assertThat(LongStream.of(order).filter(i -> i == 0).count()).isZero();
    assertThat(LongStream.of(order).filter(i -> i == 2).count()).isBetween(2900L, 3100L);
  }
}
