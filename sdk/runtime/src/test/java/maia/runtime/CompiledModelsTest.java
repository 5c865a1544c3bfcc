package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.machine.Chip;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;
import maia.tensor.nn.TransformerEncoderLayer;
import maia.tensor.nn.TransformerSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompiledModelsTest {
  private static final Device MAIA = Device.maia();

  static List<Module> models() {
    return List.of(
        new Decoder(DecoderConfig.stories(), 3),
        new TransformerEncoderLayer(new TransformerSettings(32, 2, 48), 5));
  }

  @ParameterizedTest
  @MethodSource("models")
  void compiledModel_givesTheBitsOfTheEagerDevice_inFewerLaunches(Module model) {
    model.eval().to(MAIA);
    Tensor x =
        (model instanceof Decoder ? Tensor.arange(9).reshape(1, 9) : Tensor.randn(F32, 1, 2, 7, 32))
            .to(MAIA);
    Profile<Tensor> eager = Maia.profile(() -> Tensor.noGrad(() -> model.call(x)));
    var compiled = Maia.compile(model);
    Profile<Tensor> fused = Maia.profile(() -> compiled.call(x));
    assertThat(fused.result().toArray()).isEqualTo(eager.result().toArray());
    assertThat(fused.launches()).hasSizeLessThan(eager.launches().size());
  }

  /// Decision 047: what the attention kernel may differ by, and the roundings of scores and weights
  /// that are gone.
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16"})
  void attentionWrittenOut_isOneOperation_withinTheStatedBound(DType type) {
    Tensor q = Tensor.randn(type, 1, 2, 12, 32);
    Tensor k = Tensor.randn(type, 2, 2, 20, 32);
    Tensor v = Tensor.randn(type, 3, 2, 20, 32);
    var compiled =
        Maia.compile(
                "attention",
                3,
                in ->
                    in.get(0)
                        .matmul(in.get(1).transpose(-1, -2))
                        .mul(0.25)
                        .softmax(-1)
                        .matmul(in.get(2)))
            .on(Chip.TOY);
    Tensor host =
        q.to(F32).matmul(k.to(F32).transpose(-1, -2)).mul(0.25).softmax(-1).matmul(v.to(F32));
    Tensor result = compiled.call(q.to(MAIA), k.to(MAIA), v.to(MAIA)).to(Device.cpu()).to(F32);
    List<Op> ops = compiled.explain().plan().steps().getLast().ops();
    assertThat(ops).containsExactly(new Attention(0.25f, Attention.Causal.NONE, 0, 0));
    double bound = type == BF16 ? 0x1p-6 : 0x1p-17;
    double largest = host.abs().max().item();
    assertThat(result.sub(host).abs().max().item()).isLessThan((float) (bound * largest));
  }
}
