package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;

class CreationTest {
  @Test
  void ranges_ends_asPyTorch() {
    assertThat(Tensor.arange(2, 5).toLongs()).containsExactly(2, 3, 4);
    assertThat(Tensor.arange(5, 0, -2).toLongs()).containsExactly(5, 3, 1);
    assertThat(Tensor.arange(0.0, 1.0, 0.25).toArray()).containsExactly(0, 0.25f, 0.5f, 0.75f);
    assertThat(Tensor.linspace(0, 1, 5).toArray()).containsExactly(0, 0.25f, 0.5f, 0.75f, 1);
    assertThat(Tensor.linspace(3, 4, 1).toArray()).containsExactly(3);
    assertThat(Tensor.linspace(-0.1, 0.7, 7).toArray()[6]).isEqualTo(0.7f);
    Messages.shapeRefusal(() -> Tensor.arange(0, 5, -1))
        .isEqualTo("arange: -1 does not lead from 0 to 5; the step must point there and not be 0");
  }

  @Test
  void full_everyType_holdsTheRoundedValue() {
    for (DType type : DType.values()) {
      double value = type == DType.BOOL ? 1 : 3;
      float rounded = Tensor.full(value, type).item();
      for (float v : Tensor.full(value, type, 3, 5).toArray()) {
        assertThat(v).as(type.label()).isEqualTo(rounded);
      }
    }
    assertThat(Tensor.full(Double.POSITIVE_INFINITY, DType.BF16, 2).toArray())
        .containsExactly(Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY);
    assertThat(Tensor.full(-0.0, 1).toArray()[0]).isEqualTo(-0.0f);
    assertThat(Tensor.full(2.5, 0, 3).elements()).isZero();
  }

  @Test
  void likes_keepShapeTypeAndDevice() {
    Tensor x = Tensor.zeros(DType.BF16, 2, 3);

    assertThat(Tensor.onesLike(x).type()).isEqualTo(DType.BF16);
    assertThat(Tensor.fullLike(x, 2).toArray()).containsOnly(2);
    assertThat(Tensor.zerosLike(Tensor.meta(DType.F16, 1 << 20, 1 << 20)).isMeta()).isTrue();
    assertThat(Tensor.eye(2, 3).toArray()).containsExactly(1, 0, 0, 0, 1, 0);
    assertThat(Tensor.ofBooleans(true, false)).hasToString("tensor([ true, false])");
  }

  @Test
  void triangles_offsets_equalALoop() {
    Tensor x = Tensor.arange(1, 25).reshape(2, 3, 4);
    for (int offset = -3; offset <= 4; offset++) {
      long[] low = x.tril(offset).toLongs();
      long[] high = x.triu(offset).toLongs();
      for (int i = 0; i < 24; i++) {
        int row = i / 4 % 3;
        int column = i % 4;
        assertThat(low[i]).isEqualTo(column - row <= offset ? i + 1 : 0);
        assertThat(high[i]).isEqualTo(column - row >= offset ? i + 1 : 0);
      }
    }
  }

  @Test
  void meshgrid_vectors_areCoordinates() {
    List<Tensor> grid = Tensor.meshgrid(Tensor.of(1, 2), Tensor.of(5, 6, 7));

    assertThat(grid.get(0).toArray()).containsExactly(1, 1, 1, 2, 2, 2);
    assertThat(grid.get(1).toArray()).containsExactly(5, 6, 7, 5, 6, 7);
  }

  @Test
  void scope_end_freesAndKeeps() {
    Tensor kept;
    Tensor lost;
    try (var scope = Tensor.scope()) {
      lost = Tensor.randn(DType.F32, 1, 100, 100).mul(2);
      kept = scope.keep(lost.sum());
      assertThat(scope.bytes()).isGreaterThanOrEqualTo(80_000);
    }
    assertThat(kept.item()).isNotZero();
    Messages.tensorRefusal(() -> lost.add(1))
        .isEqualTo(
            "values: the scope that freed this f32 tensor of 100x100 has ended; carry it out with"
                + " scope.keep");
    Messages.tensorRefusal(lost::toArray).contains("scope.keep");
    Messages.tensorRefusal(lost::clone).contains("scope.keep");
  }

  @Test
  void pieces_ofABigOperation_giveTheSameBits() {
    Tensor a = Tensor.randn(DType.F32, 1, 7, 9, 5);
    Tensor b = Tensor.randn(DType.F32, 2, 9, 1);
    List<Op> operations =
        List.of(
            new Binary.Div(),
            new Comparison.Lt(),
            new Unary.Exp(),
            new Conversion.Cast(DType.BF16));
    for (Op op : operations) {
      List<Tensor> inputs =
          op instanceof Binary || op instanceof Comparison
              ? List.of(a.transpose(0, 2), b)
              : List.of(a.transpose(0, 2));
      assertThat(Pieces.needed(op, inputs, 16)).isTrue();
      assertThat(Pieces.run(op, inputs, 16).toArray()).isEqualTo(op.host(inputs).toArray());
    }
    assertThat(Pieces.needed(new Flip(List.of()), List.of(a), 16)).isFalse();
  }

  @Test
  void pieces_withANumber_keepTheType() {
    Tensor x = Tensor.randn(DType.BF16, 1, 7, 9);
    List<Tensor> inputs = List.of(x, Create.scalarLike(x, 0.3));
    Tensor result = Pieces.run(new Binary.Mul(), inputs, 16);

    assertThat(result.type()).isEqualTo(DType.BF16);
    assertThat(result.toArray()).isEqualTo(x.mul(0.3).toArray());
  }

  @Test
  void expanded_beyondTwoBillion_isOnlyAView() {
    Tensor x = Tensor.arange(3).expand(1L << 33, 3);

    assertThat(x.elements()).isEqualTo(3L << 33);
    assertThat(x.get((1L << 33) - 1, 2).toLongs()).containsExactly(2);
    assertThat(x.narrow(0, 1L << 32, 2).toLongs()).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(x.get(Index.of((1L << 33) - 1, -1)).toLongs()).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(x.flatten(0, 0).slice(0, 0, 1L << 33, 1L << 31).shape()).containsExactly(4, 3);
    Messages.tensorRefusal(x::toLongs).contains("25769803776 elements");
  }

  @Test
  void meta_everyFamily_infersShapesWithoutMemory() {
    Tensor x = Tensor.meta(DType.BF16, 1 << 20, 1 << 16);
    Tensor index = Tensor.meta(DType.I64, 5);

    assertThat(x.add(1).mul_(2).relu().t().sum(0).shape()).containsExactly(1 << 20);
    assertThat(x.get(Index.all(), Index.of(index)).shape()).containsExactly(1 << 20, 5);
    assertThat(x.unfold(0, 1 << 10, 1 << 9).flip(0).shape())
        .containsExactly(2047, 1 << 16, 1 << 10);
    assertThat(x.maskedFill(x.gt(0), 1).type()).isEqualTo(DType.BF16);
    assertThat(x.to(DType.F32).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).get(3).shape())
        .containsExactly(1 << 16);
  }
}
