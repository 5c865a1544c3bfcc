package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PackedWeightsTest {
  private static final @Nullable Tile TILE = WarmUp.vectors().map(Kernels::tile).orElse(null);
  private static final long LIMIT = PackedWeights.limit();

  @BeforeEach
  void needsVectors() {
    Assumptions.assumeTrue(TILE != null, "without vectors nothing is packed");
  }

  @AfterEach
  void restore() {
    PackedWeights.limit(0);
    PackedWeights.limit(LIMIT);
  }

  private static HostArray random(SplittableRandom random, DType type, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 6 - 3;
    }
    return HostArray.of(values, type, rows, columns);
  }

  private static float[] expected(HostArray x, HostArray w) {
    float[] a = x.toFloats();
    float[] b = w.toFloats();
    int m = (int) x.shape()[0];
    int n = (int) w.shape()[0];
    int k = (int) w.shape()[1];
    float[] c = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          c[i * n + j] = Math.fma(a[i * k + p], b[j * k + p], c[i * n + j]);
        }
      }
    }
    return c;
  }

  private static float[] linear(HostArray x, HostArray w) {
    int m = (int) x.shape()[0];
    int n = (int) w.shape()[0];
    HostArray c = HostArray.zeros(DType.F32, m, n);
    MatMul.linear(TILE, m, n, (int) w.shape()[1], x, w, c);
    return c.toFloats();
  }

  /// Every number of rows around the passes, odd widths and depths, and again when C2 has compiled
  /// the loops.
  @Test
  void linear_packedWeights_isOneAscendingChainPerOutput() {
    SplittableRandom random = new SplittableRandom(54);
    for (DType type : new DType[] {DType.F32, DType.BF16, DType.F16}) {
      for (int n : new int[] {1, 15, 16, 17, 63, 64, 65, 70, 129}) {
        HostArray w = random(random, type, n, 4096 / n + 1 + random.nextInt(40));
        int k = (int) w.shape()[1];
        for (int m = 1; m <= 18; m++) {
          HostArray x = random(random, type, m, k);
          float[] expected = expected(x, w);
          assertThat(linear(x, w)).as("%s times %s", x, w).isEqualTo(expected);
          assertThat(linear(x, w)).as("%s times packed %s", x, w).isEqualTo(expected);
        }
      }
    }
    assertThat(PackedWeights.bytes()).isPositive();
  }

  @Test
  void linear_calledOften_keepsItsBits() {
    SplittableRandom random = new SplittableRandom(7);
    HostArray w = random(random, DType.F32, 71, 67);
    for (int m : new int[] {1, 2, 3, 4, 7, 8, 13, 16, 23}) {
      HostArray x = random(random, DType.F32, m, 67);
      float[] expected = expected(x, w);
      for (int i = 0; i < 500; i++) {
        assertThat(linear(x, w)).as("call %d of %d rows", i, m).isEqualTo(expected);
      }
    }
  }

  /// Many blocks of rows, of columns and of k, on all processors.
  @Test
  void linear_largeProduct_usesTheSamePanels() {
    SplittableRandom random = new SplittableRandom(8);
    for (int[] s : new int[][] {{1, 2100, 1030}, {8, 401, 2050}, {70, 200, 300}, {250, 40, 300}}) {
      HostArray x = random(random, DType.F32, s[0], s[2]);
      HostArray w = random(random, DType.F32, s[1], s[2]);
      float[] expected = expected(x, w);
      assertThat(linear(x, w)).isEqualTo(expected);
      assertThat(linear(x, w)).isEqualTo(expected);
      assertThat(PackedWeights.bytes()).isPositive();
      assertThat(linear(x, w)).isEqualTo(expected);
      PackedWeights.limit(0);
      PackedWeights.limit(LIMIT);
    }
  }

  @Test
  void linear_secondUse_packs() {
    HostArray x = random(new SplittableRandom(1), DType.F32, 1, 80);
    HostArray w = random(new SplittableRandom(2), DType.F32, 64, 80);
    long before = PackedWeights.bytes();
    linear(x, w);
    assertThat(PackedWeights.bytes()).isEqualTo(before);
    linear(x, w);
    assertThat(PackedWeights.bytes()).isGreaterThanOrEqualTo(before + 4 * 64 * 80);
  }

  @Test
  void linear_weightWritten_readsItAnew() {
    SplittableRandom random = new SplittableRandom(3);
    HostArray x = random(random, DType.F32, 2, 80);
    HostArray w = random(random, DType.F32, 64, 80);
    for (int round = 0; round < 4; round++) {
      linear(x, w);
      linear(x, w);
      float[] values = random(random, DType.F32, 64, 80).toFloats();
      HostArray.store(values, w);
      assertThat(linear(x, w)).isEqualTo(expected(x, w));
    }
  }

  /// One row of it, through a view that begins elsewhere.
  @Test
  void linear_viewOfTheWeightWritten_readsItAnew() {
    SplittableRandom random = new SplittableRandom(4);
    HostArray x = random(random, DType.F32, 3, 80);
    HostArray w = random(random, DType.F32, 64, 80);
    linear(x, w);
    linear(x, w);
    HostArray row =
        HostArray.view(
            DType.F32, new long[] {80}, new long[] {1}, 17 * 80, w.segment(), Optional.empty(), 1);
    Elements.fill(row, HostArray.of(new float[] {2}, DType.F32, 1).segment(), 0);
    assertThat(linear(x, w)).isEqualTo(expected(x, w));
    linear(x, w);
    Elements.copy(random(random, DType.F32, 64, 80), w);
    assertThat(linear(x, w)).isEqualTo(expected(x, w));
    linear(x, w);
    w.segment().set(Packed.FLOAT, 4, 9);
    PackedWeights.written(w.segment().asSlice(0, 8));
    assertThat(linear(x, w)).isEqualTo(expected(x, w));
  }

  @Test
  void linear_viewsOfOneMemory_areDifferentWeights() {
    SplittableRandom random = new SplittableRandom(5);
    HostArray whole = random(random, DType.F32, 128, 100);
    HostArray x = random(random, DType.F32, 1, 100);
    HostArray half = random(random, DType.F32, 1, 50);
    for (int i = 0; i < 3; i++) {
      for (int at : new int[] {0, 1, 60}) {
        HostArray rows =
            HostArray.view(
                DType.F32,
                new long[] {64, 100},
                new long[] {100, 1},
                at * 100L,
                whole.segment(),
                Optional.empty(),
                1);
        HostArray columns =
            HostArray.view(
                DType.F32,
                new long[] {100, 50},
                new long[] {100, 1},
                at / 2,
                whole.segment(),
                Optional.empty(),
                1);
        HostArray turned =
            HostArray.view(
                DType.F32,
                new long[] {64, 100},
                new long[] {1, 64},
                at,
                whole.segment(),
                Optional.empty(),
                1);
        assertThat(linear(x, rows)).isEqualTo(expected(x, rows));
        assertThat(linear(half, columns)).isEqualTo(expected(half, columns));
        assertThat(linear(x, turned)).isEqualTo(expected(x, turned));
      }
    }
  }

  @Test
  void bytes_weightGone_areGivenBack() throws InterruptedException {
    long before = PackedWeights.bytes();
    useOften();
    assertThat(PackedWeights.bytes()).isGreaterThan(before);
    for (int i = 0; i < 50 && PackedWeights.bytes() > before; i++) {
      System.gc();
      Thread.onSpinWait();
    }
    assertThat(PackedWeights.bytes()).isEqualTo(before);
  }

  private static void useOften() {
    HostArray w = random(new SplittableRandom(6), DType.F32, 300, 300);
    HostArray x = random(new SplittableRandom(6), DType.F32, 1, 300);
    linear(x, w);
    linear(x, w);
  }

  @Test
  void limit_reached_readsWeightsWhereTheyLie() {
    PackedWeights.limit(100_000);
    SplittableRandom random = new SplittableRandom(9);
    HostArray x = random(random, DType.F32, 5, 100);
    List<HostArray> weights = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      weights.add(random(random, DType.F32, 128, 100));
    }
    for (int round = 0; round < 3; round++) {
      for (HostArray w : weights) {
        assertThat(linear(x, w)).isEqualTo(expected(x, w));
        assertThat(PackedWeights.bytes()).isLessThanOrEqualTo(100_000);
      }
    }
    assertThat(PackedWeights.bytes()).isPositive();
    PackedWeights.limit(0);
    assertThat(PackedWeights.bytes()).isZero();
    assertThat(linear(x, weights.getFirst())).isEqualTo(expected(x, weights.getFirst()));
    assertThat(PackedWeights.bytes()).isZero();
  }

  @Test
  void limit_negative_isRefused() {
    assertThatThrownBy(() -> PackedWeights.limit(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("packed weights: limit must not be negative, was -1 bytes");
  }

  @Test
  void linear_memoryOfAClosedScopeUsedAgain_isAnotherWeight() {
    SplittableRandom random = new SplittableRandom(10);
    HostArray x = random(random, DType.F32, 1, 90);
    for (int i = 0; i < 20; i++) {
      try (MemoryScope _ = Memory.scope()) {
        HostArray w = random(random, DType.F32, 70, 90);
        float[] expected = expected(x, w);
        assertThat(linear(x, w)).isEqualTo(expected);
        assertThat(linear(x, w)).isEqualTo(expected);
        assertThat(linear(x, w)).isEqualTo(expected);
      }
    }
  }

  /// Each thread writes weights of its own and uses those of all.
  @Test
  void linear_severalThreads_seeEveryWriteBeforeTheirUse() throws InterruptedException {
    HostArray shared = random(new SplittableRandom(11), DType.F32, 80, 90);
    HostArray x = random(new SplittableRandom(12), DType.F32, 3, 90);
    float[] ofShared = expected(x, shared);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      SplittableRandom random = new SplittableRandom(t);
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, problem) -> failure.set(problem))
              .start(() -> writeAndUse(random, x, shared, ofShared)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failure.get()).isNull();
  }

  private static void writeAndUse(
      SplittableRandom random, HostArray x, HostArray shared, float[] ofShared) {
    HostArray own = random(random, DType.F32, 70, 90);
    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0) {
        HostArray.store(random(random, DType.F32, 70, 90).toFloats(), own);
      }
      float[] expected = expected(x, own);
      assertThat(linear(x, own)).isEqualTo(expected);
      assertThat(linear(x, own)).isEqualTo(expected);
      assertThat(linear(x, shared)).isEqualTo(ofShared);
      PackedWeights.written(i % 7 == 0 ? shared.segment() : own.segment().asSlice(0, 0));
    }
  }
}
