package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScratchTest {
  @Test
  void floats_ofOrdinarySize_areUsedAgain() {
    float[] first = Scratch.floats(Scratch.Slot.FIRST, 5000);
    assertThat(Scratch.floats(Scratch.Slot.FIRST, 4000)).isSameAs(first);
    assertThat(Scratch.floats(Scratch.Slot.SECOND, 4000)).isNotSameAs(first);
  }

  @Test
  void floats_thatAreVeryLarge_areNotKept() {
    float[] before = Scratch.floats(Scratch.Slot.FIRST, 5000);
    int size = Math.toIntExact(Scratch.KEPT / Float.BYTES + 1);
    assertThat(Scratch.floats(Scratch.Slot.FIRST, size).length).isEqualTo(size);
    assertThat(Scratch.floats(Scratch.Slot.FIRST, 5000)).isSameAs(before);
  }

  @Test
  void productsOfFewRows_whoseRowsNoArrayHolds_goAnotherWay() {
    Operand weights = new Operand(Scratch.memory(64), DType.I8, 0, 1, 1 << 27);
    assertThat(StripProduct.suits(16, 1 << 20, weights)).isTrue();
    assertThat(StripProduct.suits(16, 1 << 27, weights)).isFalse();
    assertThat(PanelProduct.suits(16, 1 << 20)).isTrue();
    assertThat(PanelProduct.suits(2, 1 << 29)).isFalse();
    assertThat(PanelProduct.suits(17, 8)).isFalse();
  }
}
