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
    assertThat(Memory.isAlive(inside)).isFalse();
    assertThat(Memory.isAlive(before)).isTrue();
    assertThat(Memory.isAlive(kept)).isTrue();
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
  void scope_end_lendsItsBlocksAtOnceZeroed_andTheOldViewStaysEnded() {
    for (int size : new int[] {100, 5_000, 70_000, 1 << 20}) {
      MemorySegment old;
      try (MemoryScope _ = Memory.scope()) {
        old = Memory.allocate(size).fill((byte) 9);
      }
      MemorySegment view = old.asSlice(1, size - 1);
      try (MemoryScope _ = Memory.scope()) {
        MemorySegment next = Memory.allocate(size);
        assertThat(next.address()).isEqualTo(old.address());
        assertThat(next.mismatch(MemorySegment.ofArray(new byte[size]))).isEqualTo(-1);
        assertThat(Memory.isAlive(view)).isFalse();
        assertThat(Memory.isAlive(next)).isTrue();
      }
    }
  }

  @Test
  void scope_arraysThatNothingRefersTo_comeBackOnce() {
    long live = Memory.liveBytes();
    try (MemoryScope _ = Memory.scope()) {
      for (int i = 0; i < 5; i++) {
        Memory.allocate(3 << 20);
        System.gc();
        Memory.liveBytes();
      }
    }
    MemorySegment first = Memory.allocate(3 << 20);
    MemorySegment second = Memory.allocate(3 << 20);
    assertThat(first.address()).isNotEqualTo(second.address());
    assertThat(Memory.liveBytes()).isLessThanOrEqualTo(live + (6 << 20));
  }

  @Test
  void array_afterItsScope_isRefused() {
    HostArray array;
    try (MemoryScope _ = Memory.scope()) {
      array = HostArray.of(new float[100], DType.F32, 100);
    }
    assertThatThrownBy(array::toFloats)
        .hasMessage(
            "array: the scope that freed these 400 bytes has ended; make the array before the scope,"
                + " or copy it outside of scopes");
    assertThatThrownBy(() -> Elements.copy(array, HostArray.zeros(DType.F32, 100)))
        .hasMessageContaining("has ended");
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
    assertThat(Memory.isAlive(Memory.allocate(10_000))).isTrue();
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
