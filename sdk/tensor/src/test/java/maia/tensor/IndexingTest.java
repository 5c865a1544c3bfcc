package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maia.numerics.DType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IndexingTest {
  private static final Tensor CUBE = Tensor.arange(4 * 3 * 5).reshape(4, 3, 5);

  @Test
  void text_everyForm_asPython() {
    assertThat(CUBE.get("-1, 0, 2").toLongs()).containsExactly(47);
    assertThat(CUBE.get("1:3, :, ::2").shape()).containsExactly(2, 3, 3);
    assertThat(CUBE.get("..., -2:").shape()).containsExactly(4, 3, 2);
    assertThat(CUBE.get("0, ..., None").shape()).containsExactly(3, 5, 1);
    assertThat(CUBE.get("2:100").shape()).containsExactly(2, 3, 5);
    assertThat(CUBE.get("3:1").shape()).containsExactly(0, 3, 5);
    assertThat(CUBE.get("..., 0, None, 1").shape()).containsExactly(4, 1);
    assertThat(CUBE.get("1:").segment()).isEqualTo(CUBE.segment());
  }

  @Test
  void tensors_placeTheirShape_asPyTorch() {
    Tensor i = Tensor.ofLongs(0, 3);
    Tensor j = Tensor.ofLongs(2, -1);

    assertThat(CUBE.get(Index.of(i), Index.of(j)).shape()).containsExactly(2, 5);
    assertThat(CUBE.get(Index.all(), Index.of(j)).shape()).containsExactly(4, 2, 5);
    assertThat(CUBE.get(Index.of(i), Index.all(), Index.of(j)).shape()).containsExactly(2, 3);
    assertThat(CUBE.get(Index.of(i.unsqueeze(1)), Index.all(), Index.of(j)).shape())
        .containsExactly(2, 2, 3);
    assertThat(CUBE.get(Index.at(0), Index.all(), Index.of(j)).shape()).containsExactly(3, 2);
    assertThat(CUBE.get(Index.ellipsis(), Index.newAxis(), Index.of(j)).shape())
        .containsExactly(4, 3, 1, 2);
    assertThat(CUBE.get(Index.of(i), Index.of(j)).get("1, :").toLongs())
        .containsExactly(55, 56, 57, 58, 59);
    assertThat(CUBE.get(Index.of(2)).shape()).containsExactly(1, 3, 5);
  }

  @Test
  void masks_coverTheirDimensions() {
    Tensor rows = Tensor.of(1, 0, 0, 1).gt(0);

    assertThat(CUBE.get(Index.of(rows)).shape()).containsExactly(2, 3, 5);
    assertThat(CUBE.get(Index.of(CUBE.gt(56))).toLongs()).containsExactly(57, 58, 59);
    assertThat(CUBE.get(Index.all(), Index.of(CUBE.get(0).lt(2))).get(1).toLongs())
        .containsExactly(15, 16);
    assertThat(CUBE.maskedSelect(CUBE.get(0).eq(3)).toLongs()).containsExactly(3, 18, 33, 48);
    assertThat(CUBE.get(Index.of(CUBE.lt(0))).shape()).containsExactly(0);
    assertThat(CUBE.get("0").eq(4).nonzero().toLongs()).containsExactly(0, 4);
    assertThat(Tensor.scalar(3).nonzero().shape()).containsExactly(1, 0);
  }

  /// One random index of every kind against index arithmetic on a map of coordinates.
  @RepeatedTest(60)
  void get_randomPositions_equalsALoop(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    DType type = List.of(DType.I64, DType.F32, DType.BF16, DType.F64).get(random.nextInt(4));
    Tensor x = CUBE.to(type).permute(2, 0, 1);
    int b = 1 + random.nextInt(4);
    long[] first = random.longs(b, -5, 5).toArray();
    long[] second = random.longs(b, 0, 3).toArray();
    boolean apart = random.nextBoolean();
    Tensor got =
        apart
            ? x.get(Index.of(first), Index.from(1), Index.of(second))
            : x.get(Index.of(first), Index.of(second), Index.to(2));
    for (int n = 0; n < b; n++) {
      long p = Math.floorMod(first[n], 5);
      for (int k = 0; k < got.size(1); k++) {
        long middle = apart ? k + 1 : second[n];
        long last = apart ? second[n] : k;
        assertThat(got.get(n, k).item()).isEqualTo((middle * 3 + last) * 5 + p);
      }
    }
    assertThat(got.type()).isEqualTo(type);
  }

  @Test
  void put_everyForm_writesThroughTheIndex() {
    Tensor x = Tensor.zeros(3, 4);
    x.put_(Tensor.of(1, 2), Index.of(0, 2), Index.at(1));
    x.put_(7, "1, ::2");
    x.put_(9, Index.of(x.eq(7)));
    x.put_(Tensor.of(5, 6, 7), "..., 3");
    x.t().put_(Tensor.of(-1, -2), Index.of(2, 2), Index.of(0, 0));
    x.putAdd_(Tensor.of(1, 1, 1), Index.of(2, 2, 0), Index.of(0, 0, 0));

    assertThat(x.toArray()).containsExactly(1, 1, -2, 5, 9, 0, 9, 6, 2, 2, 0, 7);
    assertThat(Tensor.ofLongs(1, 2, 3).put_(8, "-1").toLongs()).containsExactly(1, 2, 8);
  }

  @Test
  void gatherAndScatter_dimensions_equalALoop() {
    Tensor x = Tensor.randn(DType.F32, 3, 3, 4);
    Tensor index = Tensor.ofLongs(0, 2, 1, 3, 3, 0).reshape(2, 3);
    float[] taken = x.gather(1, index).toArray();
    float[] set = x.scatter(1, index, Tensor.ones(2, 3)).toArray();
    float[] added = x.scatterAdd(0, Tensor.ofLongs(2, 2, 2, 0).reshape(2, 2), x).toArray();
    float[] expectedSet = x.toArray();
    float[] expectedAdded = x.toArray();
    expectedAdded[2 * 4] += x.get(0, 0).item();
    expectedAdded[2 * 4 + 1] += x.get(0, 1).item();
    expectedAdded[2 * 4] += x.get(1, 0).item();
    expectedAdded[1] += x.get(1, 1).item();
    long[] at = index.toLongs();
    for (int i = 0; i < 6; i++) {
      assertThat(taken[i]).isEqualTo(x.get(i / 3, at[i]).item());
      expectedSet[i / 3 * 4 + (int) at[i]] = 1;
    }
    assertThat(set).isEqualTo(expectedSet);
    assertThat(added).isEqualTo(expectedAdded);
  }

  @Test
  void helpers_small_asPyTorch() {
    Tensor x = Tensor.of(new float[][] {{1, 2, 3}, {4, 5, 6}});

    assertThat(x.indexSelect(1, Tensor.ofLongs(2, 0)).toArray()).containsExactly(3, 1, 6, 4);
    assertThat(x.take(Tensor.ofLongs(5, -6)).toArray()).containsExactly(6, 1);
    assertThat(x.maskedFill(x.gt(4), Double.NEGATIVE_INFINITY).to(DType.BF16).get(0).toArray())
        .containsExactly(1, 2, 3);
    assertThat(x.to(DType.BF16).maskedFill(x.gt(4), Double.NEGATIVE_INFINITY).get(1, 2).item())
        .isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(x.gt(2).where(x, 0).toArray()).containsExactly(0, 0, 3, 4, 5, 6);
    assertThat(x.gt(2).where(1.5, x).type()).isEqualTo(DType.F32);
    assertThat(x.indexAdd(1, Tensor.ofLongs(0, 0), Tensor.ones(2, 2)).toArray())
        .containsExactly(3, 2, 3, 6, 5, 6);
    assertThat(x.clone().maskedFill_(x.lt(3), 0).toArray()).containsExactly(0, 0, 3, 4, 5, 6);
    assertThat(Tensor.ofLongs(3, 4).maskedFill(Tensor.of(1, 0).gt(0), 9).toLongs())
        .containsExactly(9, 4);
  }

  static Stream<Arguments> differentiable() {
    Tensor rows = Tensor.ofLongs(1, 0, 1);
    Tensor columns = Tensor.ofLongs(3, -1, 3);
    Tensor grid = Tensor.ofLongs(0, 1, 1, 0, 1, 1).reshape(1, 3, 2);
    return Stream.of(
        one("view", x -> x.get("1, ..., ::2")),
        one("rows", x -> x.get(Index.of(rows))),
        one("pairs twice", x -> x.get(Index.of(rows), Index.all(), Index.of(columns))),
        one("mask", x -> x.get(Index.of(Tensor.of(0, 1).gt(0)))),
        one("gather", x -> x.gather(0, grid)),
        one("scatter", x -> x.scatter(0, grid, x.get("0:1, :, :2").mul(2))),
        one("scatterAdd", x -> x.scatterAdd(0, grid, x.get("0:1, :, :2").mul(2))),
        one("indexSelect", x -> x.indexSelect(2, columns.abs())),
        one("indexAdd", x -> x.indexAdd(0, rows, x.get("0").expand(3, 3, 4))),
        one("maskedFill", x -> x.maskedFill(x.detach().gt(0), 3)),
        one("take", x -> x.take(rows)),
        one("where number", x -> x.detach().gt(0).where(x, 2)));
  }

  private static Arguments one(String name, UnaryOperator<Tensor> op) {
    return arguments(name, op);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("differentiable")
  void backward_everyChoice_equalsDifferences(String name, UnaryOperator<Tensor> op) {
    Differences.check(op, 2, 3, 4);
    Tensor onMeta = op.apply(Tensor.meta(DType.F64, 2, 3, 4));
    assertThat(onMeta.shape())
        .as(name)
        .isEqualTo(op.apply(Tensor.zeros(DType.F64, 2, 3, 4)).shape());
  }

  @Test
  void packedTypes_indexed_moveCodes() {
    Tensor x = Tensor.of(1, 2, 3, 4, 6, 0.5f).to(DType.FP4_E2M1).reshape(2, 3);

    assertThat(x.get(Index.of(1, 1, 0)).toArray()).containsExactly(4, 6, 0.5f, 4, 6, 0.5f, 1, 2, 3);
    assertThat(x.get(Index.all(), Index.of(2)).toArray()).containsExactly(3, 0.5f);
  }

  @Test
  void mistakes_everyKind_nameShapes() {
    Tensor x = Tensor.zeros(2, 3);

    Messages.shapeRefusal(() -> x.get(Index.of(0, 2)))
        .isEqualTo("index: position 2 does not exist in a dimension of size 2 of 2x3");
    Messages.shapeRefusal(() -> x.get("0, 0, 0"))
        .isEqualTo(
            "index: 3 dimensions are named with 0 ellipses, the shape is 2x3; name each dimension at"
                + " most once, with at most one ellipsis");
    Messages.shapeRefusal(() -> x.get("a"))
        .isEqualTo(
            "index: 'a' in \"a\" is neither a number, a range such as 1:5:2, ... nor None; pass tensors"
                + " as Index.of(tensor)");
    Messages.shapeRefusal(() -> x.get("::-1"))
        .isEqualTo("index: the step of a range must be positive, was -1; use flip to reverse");
    Messages.shapeRefusal(() -> x.get(Index.of(Tensor.zeros(3).gt(0))))
        .isEqualTo("index: the mask is 3, it must be 2 like the dimensions it covers of 2x3");
    Messages.shapeRefusal(() -> x.get(Index.of(0, 1), Index.of(0, 1, 2))).contains("2", "3");
    Messages.tensorRefusal(() -> x.get(Index.of(Tensor.zeros(2))))
        .isEqualTo(
            "index: positions must be integers or a bool mask, got f32; convert with to(I64)");
    Messages.shapeRefusal(() -> x.gather(1, Tensor.ofLongs(0, 1)))
        .isEqualTo(
            "gather: the index is i64 2, it must hold integers, have 2 dimensions and, except in"
                + " dimension 1, fit 2x3");
    Messages.shapeRefusal(() -> x.gather(1, Tensor.ofLongs(3).reshape(1, 1)))
        .isEqualTo("gather: index 3 does not exist in dimension 1 of 2x3");
    Messages.tensorRefusal(() -> Tensor.meta(DType.F32, 2).nonzero())
        .isEqualTo(
            "nonzero: the shape of the result depends on the values, and a tensor on device meta (2)"
                + " has none; use where or maskedFill");
  }
}
