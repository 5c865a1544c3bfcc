package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class PhiloxTest {
  /// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
  @Test
  void word_ofTheKnownAnswerBlocks_equalsThem() {
    check(0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    check(-1, -1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    check(
        0x299f31d0_a4093822L,
        0x85a308d3_243f6a88L,
        0x13198a2e,
        0x03707344,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void check(long key, long low, int c2, int c3, int... words) {
    for (int lane = 0; lane < 4; lane++) {
      assertThat(Philox.word(key, low, c2, c3, lane)).isEqualTo(words[lane]);
    }
  }

  @Test
  void next_isTheBlockWithZeroHighWords() {
    assertThat(Philox.next(0, 0, 2)).isEqualTo(0xbc57ac4c);
  }

  @Test
  void next_laneOutOfRange_isRefused() {
    assertThatThrownBy(() -> Philox.next(1, 2, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("philox: lane must be 0 to 3, was 4");
  }

  @Test
  void uniform_manyDraws_fillTheUnitInterval() {
    double sum = 0;
    for (int i = 0; i < 100_000; i++) {
      float u = Philox.uniform(1, i);
      assertThat(u).isBetween(0f, 0x1.fffffep-1f);
      sum += u;
    }
    assertThat(sum / 100_000).isEqualTo(0.5, within(0.005));
  }

  @Test
  void normal_manyDraws_haveUnitVarianceAndNoCorrelation() {
    double sum = 0;
    double squares = 0;
    double neighbours = 0;
    float last = 0;
    for (int i = 0; i < 100_000; i++) {
      float z = Philox.normal(2, i);
      sum += z;
      squares += z * z;
      neighbours += z * last;
      last = z;
    }
    assertThat(sum / 100_000).isEqualTo(0, within(0.015));
    assertThat(squares / 100_000).isEqualTo(1, within(0.02));
    assertThat(neighbours / 100_000).isEqualTo(0, within(0.015));
  }
}
