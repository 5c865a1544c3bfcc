package maia.npl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class NplTextTest {
  private static final String VECTOR_ADD =
      """
      program vector_add every_tile
        array x: f32[?] in
        array y: f32[4096] in_out
        scalar n: i32
        buffer a: f32[1024] tsram x2
        semaphore full[2] tile initial 0 maximum 65535
        semaphore done[1] cluster initial 1 maximum 3
        queue tile_dma 0
          repeat %program = %tile .. cdiv(size(x, 0), 1024) step %tiles  @ vector_add:3 (VAdd.java:12)
            wait full[%i0 % 2]
            when %program < $n
              copy x[(%program * 1024) +: 1024 < size(x, 0)] -> a[%program % 2] fill -inf  @ vector_add:5
            else
              set %r = -3
            signal done by 2
        queue tvp 0
          map a[0] = max((a[1] * 2.0), select((iota(0) < index($n)), cast(f32, a[1; 0 +: 512]), nan))
      """;

  @Test
  void print_ofParsedText_isTheText() {
    assertThat(Npl.parse(VECTOR_ADD).toString()).isEqualTo(VECTOR_ADD);
  }

  @RepeatedTest(300)
  void parse_invertsToString(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    Program program = new RandomProgram(random).program();
    assertThat(Npl.parse(program.toString())).isEqualTo(program);
  }

  @RepeatedTest(300)
  void parse_damagedText_isReadOrRefusedWithALine(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    var text = new StringBuilder(new RandomProgram(random).program().toString());
    for (int i = 0; i < 3; i++) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, (char) random.nextInt(' ', 0x180));
        default -> text.setLength(Math.max(1, at));
      }
    }
    try {
      assertThat(Npl.parse(text.toString())).isNotNull();
    } catch (NplException e) {
      assertThat(e.category()).isEqualTo(NplException.Category.SYNTAX);
      assertThat(e.origin().line()).isPositive();
    }
  }

  @Test
  void parse_missingBracket_namesLineAndColumn() {
    assertThatThrownBy(() -> Npl.parse("program p one_tile\n  buffer a: f32[4 tsram x1\n"))
        .isInstanceOf(NplException.class)
        .hasMessage("line 2, column 17: expected ']', but 'tsram x1' follows [N101] [text:2]");
  }

  @Test
  void parse_deepNesting_isRefused() {
    String deep = "program p one_tile\n  queue ttu\n    set %x = " + "(".repeat(100_000) + "\n";
    assertThatThrownBy(() -> Npl.parse(deep))
        .isInstanceOf(NplException.class)
        .hasMessageContaining("nested deeper than 200 levels");
  }

  @Test
  void parse_deepBlocks_isRefused() {
    var deep = new StringBuilder("program p one_tile\n queue ttu\n");
    for (int i = 0; i < 1000; i++) {
      deep.repeat(' ', i + 2).append("when 1\n");
    }
    assertThatThrownBy(() -> Npl.parse(deep.toString()))
        .isInstanceOf(NplException.class)
        .hasMessageContaining("blocks nest deeper than 200 levels");
  }

  @Test
  void parse_longChain_isRefused() {
    String chain = "program p one_tile\n  queue ttu\n    set %x = 1" + " + 1".repeat(5000) + "\n";
    assertThatThrownBy(() -> Npl.parse(chain)).hasMessageContaining("operators in a row");
  }

  @Test
  void parse_hugeInteger_isRefused() {
    assertThatThrownBy(
            () -> Npl.parse("program p one_tile\n  queue ttu\n    set %x = 99999999999999999999\n"))
        .hasMessageContaining("does not fit 64 bits");
  }

  @Test
  void parse_undeclaredOperand_isNamed() {
    assertThatThrownBy(() -> Npl.parse("program p one_tile\n  queue ttu\n    map zz[0] = 1.0\n"))
        .hasMessageContaining("'zz' is not declared as an array or a buffer");
  }

  @Test
  void parse_empty_isRefused() {
    assertThatThrownBy(() -> Npl.parse("")).isInstanceOf(NplException.class);
  }
}
