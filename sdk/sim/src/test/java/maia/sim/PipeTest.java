package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// A pipe of one byte per picosecond.
class PipeTest {
  private final Pipe pipe = new Pipe(1e12);

  @Test
  void freePipe_servesAsAsked() {
    var a = pipe.stream();
    assertThat(a.reserve(100, 50)).isEqualTo(150);
    assertThat(a.reserve(100, 50)).isEqualTo(200);
    assertThat(pipe.busy()).isEqualTo(100);
  }

  @Test
  void shortTransfer_behindALongOne_waitsForItsFairShareOnly() {
    var a = pipe.stream();
    var b = pipe.stream();
    assertThat(a.reserve(0, 1000)).isEqualTo(1000);
    assertThat(b.reserve(0, 10)).isEqualTo(20);
  }

  @Test
  void twoStreams_thatAlwaysAsk_getHalfEach() {
    var a = pipe.stream();
    var b = pipe.stream();
    long endA = 0;
    long endB = 0;
    for (int i = 0; i < 100; i++) {
      endA = a.reserve(0, 10);
      endB = b.reserve(0, 10);
    }
    assertThat(endA).isBetween(1980L, 2000L);
    assertThat(endB).isEqualTo(2000);
  }
}
