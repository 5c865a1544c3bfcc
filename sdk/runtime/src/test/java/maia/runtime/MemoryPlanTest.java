package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import maia.runtime.MemoryPlan.Buffer;
import org.junit.jupiter.api.Test;

class MemoryPlanTest {
  private static Buffer wanted(long bytes, int first, int last) {
    return new Buffer("a", 0, bytes, first, last);
  }

  @Test
  void of_chain_needsTwoPlaces() {
    MemoryPlan plan =
        MemoryPlan.of(
            List.of(wanted(1024, 0, 1), wanted(1024, 1, 2), wanted(1024, 2, 3), wanted(1024, 3, 4)),
            64);
    assertThat(plan.buffers()).extracting(Buffer::offset).containsExactly(0L, 1024L, 0L, 1024L);
    assertThat(plan.peakBytes()).isEqualTo(2 * 1024);
    assertThat(plan.separateBytes()).isEqualTo(4 * 1024);
    assertThat(plan.resultBytes()).isEqualTo(64);
  }

  @Test
  void of_holeThatIsTooSmall_isNotTaken() {
    MemoryPlan plan =
        MemoryPlan.of(
            List.of(wanted(256, 0, 9), wanted(512, 0, 1), wanted(1024, 1, 9), wanted(640, 2, 3)),
            0);
    check(plan);
    assertThat(plan.peakBytes()).isEqualTo(1024 + 640 + 256);
  }

  @Test
  void of_nothing_isEmpty() {
    assertThat(MemoryPlan.of(List.of(), 0)).isEqualTo(new MemoryPlan(List.of(), 0, 0, 0));
  }

  @Test
  void of_randomLives_neverOverlapWhileBothAreNeeded() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 50; round++) {
      List<Buffer> lives = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int first = i / 2;
        lives.add(wanted(64L * random.nextInt(1, 40), first, first + random.nextInt(6)));
      }
      MemoryPlan plan = MemoryPlan.of(lives, 0);
      check(plan);
      assertThat(plan.peakBytes()).isLessThan(plan.separateBytes());
    }
  }

  private static void check(MemoryPlan plan) {
    for (Buffer a : plan.buffers()) {
      for (Buffer b : plan.buffers()) {
        boolean apart =
            a.offset() + a.bytes() <= b.offset() || b.offset() + b.bytes() <= a.offset();
        assertThat(a == b || apart || a.last() < b.first() || b.last() < a.first()).isTrue();
      }
    }
  }
}
