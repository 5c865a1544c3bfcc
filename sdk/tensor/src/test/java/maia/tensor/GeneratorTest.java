package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.LongStream;
import maia.numerics.DType;
import maia.numerics.Philox;
import org.junit.jupiter.api.Test;

class GeneratorTest {
  @Test
  void stream_cutAnyway_isTheSame() {
    float[] whole = Generator.seed(7).rand(40_000).toArray();
    Generator parts = Generator.seed(7);
    float[] first = parts.rand(10, 2000).toArray();
    float[] second = parts.rand(20_000).toArray();

    assertThat(first).isEqualTo(Arrays.copyOf(whole, 20_000));
    assertThat(second).isEqualTo(Arrays.copyOfRange(whole, 20_000, 40_000));
    assertThat(whole[33_333]).isEqualTo(Philox.uniform(7, 33_333));
    assertThat(whole).isEqualTo(Tensor.rand(DType.F32, 7, 40_000).toArray());
  }

  @Test
  void offset_restored_continuesTheStream() {
    Generator random = Generator.seed(3);
    random.randn(5);
    assertThat(random).hasToString("Generator(seed=3, offset=8)");
    Generator later = Generator.at(3, random.offset());

    assertThat(later.randn(3).toArray()).isEqualTo(random.randn(3).toArray());
    assertThat(random.fork(1).rand(4).toArray()).isNotEqualTo(random.fork(2).rand(4).toArray());
    Messages.shapeRefusal(() -> Generator.at(3, 2))
        .isEqualTo("generator: the offset must be a multiple of 4 and not negative, was 2");
  }

  @Test
  void distributions_moments_asNamed() {
    Generator random = Generator.seed(11);
    int n = 100_000;

    assertThat(random.uniform(2, 4, n).mean().item()).isCloseTo(3, within(0.01f));
    Tensor normal = random.normal(5, 2, n);
    assertThat(normal.mean().item()).isCloseTo(5, within(0.03f));
    assertThat(normal.sub(5).pow(2).mean().item()).isCloseTo(4, within(0.08f));
    assertThat(random.bernoulli(0.3, n).mean().item()).isCloseTo(0.3f, within(0.01f));
    Tensor p = Tensor.of(0, 1, 0.5f).expand(n, 3);
    assertThat(random.bernoulli(p).mean(0).toArray()[0]).isZero();
    assertThat(random.bernoulli(p).mean(0).toArray()[1]).isEqualTo(1);
    Tensor dice = random.randint(1, 7, n);
    assertThat(dice.amin().toLongs()).containsExactly(1);
    assertThat(dice.amax().toLongs()).containsExactly(6);
    assertThat(dice.to(DType.F32).mean().item()).isCloseTo(3.5f, within(0.03f));
    Messages.shapeRefusal(() -> random.randint(2, 2, 1))
        .isEqualTo("randint: high must be above low, were 2 and 2");
  }

  @Test
  void randperm_everyNumberOnce_everyOrderPossible() {
    assertThat(Arrays.stream(Generator.seed(5).randperm(1000).toLongs()).sorted().toArray())
        .isEqualTo(LongStream.range(0, 1000).toArray());
    Generator random = Generator.seed(1);
    int[] counts = new int[27];
    for (int i = 0; i < 6000; i++) {
      long[] order = random.randperm(3).toLongs();
      counts[(int) (order[0] * 9 + order[1] * 3 + order[2])]++;
    }
    assertThat(Arrays.stream(counts).filter(c -> c > 0)).hasSize(6).allMatch(c -> c > 850);
  }
}
