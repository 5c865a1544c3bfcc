package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MemoryTest {
  @Test
  void small_arrays_areZeroedApartAndAligned() {
    List<MemorySegment> all = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      MemorySegment segment = Memory.allocate(i % 200);
      assertThat(segment.byteSize()).isEqualTo(i % 200);
      assertThat(segment.address() % 64).isZero();
      for (long b = 0; b < segment.byteSize(); b++) {
        assertThat(segment.get(ValueLayout.JAVA_BYTE, b)).isZero();
      }
      segment.fill((byte) i);
      all.add(segment);
    }
    for (int i = 0; i < all.size(); i++) {
      for (long b = 0; b < all.get(i).byteSize(); b++) {
        assertThat(all.get(i).get(ValueLayout.JAVA_BYTE, b)).isEqualTo((byte) i);
      }
    }
  }

  @Test
  void scope_end_freesItsArraysAndOnlyThem() {
    MemorySegment before = Memory.allocate(100_000);
    MemorySegment inside;
    MemorySegment kept;
    long live;
    try (MemoryScope scope = Memory.scope()) {
      live = Memory.liveBytes();
      inside = Memory.allocate(50_000_000);
      kept = Memory.outsideScopes(() -> Memory.allocate(100_000));
      assertThat(scope.bytes()).isEqualTo(50_000_000);
      assertThat(Memory.liveBytes()).isGreaterThanOrEqualTo(live + 50_000_000);
    }
    assertThat(inside.scope().isAlive()).isFalse();
    assertThat(before.scope().isAlive()).isTrue();
    assertThat(kept.scope().isAlive()).isTrue();
    assertThat(Memory.liveBytes()).isLessThan(live + 50_000_000);
  }

  @Test
  void blocks_thatNothingRefersToAnyMore_comeBackZeroedAndOnlyThen() {
    MemorySegment kept = Memory.allocate(300_000);
    kept.fill((byte) 5);
    MemorySegment view = kept.asSlice(100, 200_000);
    kept = null;
    for (int i = 0; i < 20; i++) {
      Memory.allocate(300_000 + i).fill((byte) 7);
      System.gc();
      Memory.liveBytes();
      MemorySegment next = Memory.allocate(290_000);
      assertThat(next.address() % 64).isZero();
      assertThat(next.mismatch(MemorySegment.ofArray(new byte[290_000]))).isEqualTo(-1);
      assertThat(view.get(ValueLayout.JAVA_BYTE, 199_999)).isEqualTo((byte) 5);
    }
    assertThat(view.asByteBuffer().get(0)).isEqualTo((byte) 5);
  }

  @Test
  void pool_takesBackWhatItGave() {
    MemoryPool.Lease first = MemoryPool.make(1 << 20);
    assertThat(first).isNotNull();
    assertThat(first.isUsed()).isFalse();
    assertThat(first.segment().byteSize()).isEqualTo(1 << 20);
    MemoryPool.back(first.block());
    MemoryPool.Lease again = MemoryPool.reuse((1 << 20) - 1000);
    assertThat(again).isNotNull();
    assertThat(again.isUsed()).isTrue();
    assertThat(again.segment().byteSize()).isEqualTo((1 << 20) - 1000);
    assertThat(MemoryPool.reuse(1L << 40)).isNull();
    assertThat(MemoryPool.make(100)).isNull();
  }

  @Test
  void scopes_nest_andRefuseTheWrongOrder() {
    MemoryScope outer = Memory.scope();
    MemoryScope inner = Memory.scope();
    assertThatThrownBy(outer::close)
        .hasMessage(
            "memory scope: must be closed by the thread that opened it, inner scopes first; use try"
                + " (var scope = ...)");
    inner.close();
    outer.close();
    outer.close();
    assertThat(Memory.allocate(10_000).scope().isAlive()).isTrue();
  }

  @Test
  void scope_otherThreads_mayUseItsArrays() throws InterruptedException {
    try (MemoryScope _ = Memory.scope()) {
      MemorySegment segment = Memory.allocate(8);
      List<MemorySegment> outside = new ArrayList<>();
      Thread other =
          new Thread(() -> {
            segment.set(ValueLayout.JAVA_LONG, 0, 7);
            outside.add(Memory.allocate(8));
          });
      other.start();
      other.join();
      assertThat(segment.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(7);
      assertThat(outside.getFirst().scope()).isNotEqualTo(segment.scope());
    }
  }

  /// Twice the budget of data, never held; HugeTest of the tensors has the real case.
  @Test
  void manyArrays_withoutAScope_stayNearTheBudget() {
    long peak = 0;
    for (int i = 0; i < 45; i++) {
      Memory.allocate(100_000_000L);
      peak = Math.max(peak, Memory.liveBytes());
    }
    assertThat(peak).isLessThanOrEqualTo(2L << 30);
  }
}
