package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import maia.numerics.DType;
import maia.numerics.Memory;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MetaModelTest {
  private static final int WIDTH = 16_384;
  private static final int KEYS = 1_024;
  private static final int HIDDEN = 53_248;
  private static final int WORDS = 128_256;
  private static final int LAYERS = 126;

  /// One decoder layer in the published sizes of Llama 3.1 405B; the attention itself has no
  /// parameters and is left out.
  private static final class Layer extends Module {
    Layer() {
      child("norm", new RMSNorm(WIDTH));
      child("q", linear(WIDTH, WIDTH));
      child("k", linear(WIDTH, KEYS));
      child("v", linear(WIDTH, KEYS));
      child("o", linear(WIDTH, WIDTH));
      child("mlpNorm", new RMSNorm(WIDTH));
      child("gate", linear(WIDTH, HIDDEN));
      child("up", linear(WIDTH, HIDDEN));
      child("down", linear(HIDDEN, WIDTH));
    }

    private static Linear linear(int in, int out) {
      return new Linear(in, out, Bias.NONE, 1);
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor n = part("norm", x);
      Tensor mixed = part("q", n).mul(part("k", n).repeat(1, 1, WIDTH / KEYS));
      Tensor y = x.add(part("o", mixed.add(part("v", n).repeat(1, 1, WIDTH / KEYS))));
      Tensor m = part("mlpNorm", y);
      return y.add(part("down", part("gate", m).sigmoid().mul(part("up", m))));
    }

    private Tensor part(String name, Tensor x) {
      return java.util.Objects.requireNonNull(children().get(name)).forward(x);
    }
  }

  @Test
  void model_of405BillionParameters_isBuiltCountedAndRunWithoutMemory() {
    long before = Memory.liveBytes();
    List<Module> parts = new ArrayList<>();
    Init.shapesOnly(() -> {
      parts.add(new Embedding(WORDS, WIDTH, 1));
      for (int i = 0; i < LAYERS; i++) {
        parts.add(new Layer());
      }
      parts.add(new RMSNorm(WIDTH));
      parts.add(new Linear(WIDTH, WORDS, Bias.NONE, 2));
      return parts;
    });
    Module model = Sequential.of(parts.toArray(Module[]::new));
    Tensor logits = model.forward(Tensor.meta(DType.I64, 1, 8192));

    assertThat(model.parameterCount()).isEqualTo(405_853_388_800L);
    assertThat(logits.shape()).containsExactly(1, 8192, WORDS);
    assertThat(logits.isMeta()).isTrue();
    assertThat(Memory.liveBytes() - before).isLessThan(16L << 20);
  }
}
