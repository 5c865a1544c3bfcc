package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class EventQueueTest {
  private record Fired(long time, int order) {}

  @RepeatedTest(20)
  void events_fireByTimeThenInsertion(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    var queue = new EventQueue();
    List<Fired> expected = new ArrayList<>();
    List<Fired> fired = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      var event = new Fired(random.nextInt(500), i);
      expected.add(event);
      queue.at(event.time(), now -> fired.add(new Fired(now, event.order())));
    }
    expected.sort(Comparator.comparingLong(Fired::time).thenComparingInt(Fired::order));
    assertThat(queue.runToEnd()).isEqualTo(expected.getLast().time());
    assertThat(fired).isEqualTo(expected);
  }

  @RepeatedTest(20)
  void events_nearAndFarThatBringOthers_fireByTimeThenInsertion(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    long[] reaches = {1, 600, 40_000, 2_200_000, 50_000_000};
    var queue = new EventQueue();
    List<Fired> expected = new ArrayList<>();
    List<Fired> fired = new ArrayList<>();
    var add =
        new Object() {
          void one(long now) {
            long delay = random.nextLong(reaches[random.nextInt(reaches.length)]);
            var event = new Fired(now + delay, expected.size());
            expected.add(event);
            queue.at(
                event.time(),
                time -> {
                  fired.add(new Fired(time, event.order()));
                  for (int i = random.nextInt(3); i > 0 && expected.size() < 2000; i--) {
                    one(time);
                  }
                });
          }
        };
    for (int i = 0; i < 50; i++) {
      add.one(0);
    }
    queue.runToEnd();
    expected.sort(Comparator.comparingLong(Fired::time).thenComparingInt(Fired::order));
    assertThat(fired).isEqualTo(expected);
    assertThat(queue.nextTime()).isEqualTo(Long.MAX_VALUE);
  }

  @RepeatedTest(50)
  void bits_behaveLikeABooleanArray(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    int size = random.nextInt(1, 300);
    var bits = new Bits(size);
    var model = new boolean[size];
    for (int i = 0; i < 30; i++) {
      int from = random.nextInt(size);
      int to = random.nextInt(from, size + 1);
      int missing = -1;
      for (int at = to - 1; at >= from; at--) {
        missing = model[at] ? missing : at;
      }
      assertThat(bits.firstMissing(from, to)).isEqualTo(missing);
      int end = Math.min(size, from + random.nextInt(70));
      bits.set(from, end);
      java.util.Arrays.fill(model, from, end, true);
    }
  }
}
