package maia.kernel;

import static maia.numerics.DType.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.BiConsumer;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Philox;
import org.junit.jupiter.api.Test;

/// Values of what is written in terms of other words.
class HelpersTest {
  /// What `body` makes of `x`, element by element of a vector of the same size.
  private static float[] run(float[] x, DType type, BiConsumer<KernelContext, Tile[]> body) {
    HostArray in = HostArray.of(x, type, x.length);
    HostArray out = HostArray.zeros(F32, x.length);
    Kernel kernel =
        Kernel.define(
            "helper",
            k -> {
              var from = k.in("x", type, 1);
              var to = k.out("y", F32, 1);
              var i = k.arange(x.length);
              Tile[] tile = {from.at(i).load()};
              body.accept(k, tile);
              to.at(i).store(tile[0].to(F32).broadcastTo(x.length));
            });
    kernel.grid(1).call(KernelCall.Mode.COMPUTE, in, out).interpret();
    return HostArray.floats(out);
  }

  private static final float NAN = Float.NaN;

  @Test
  void argmax_equalElementsAndNan_takesTheFirstNumber() {
    float[] x = {NAN, 1, 7, NAN, 7, 3, 7, 0};
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].argmax(0))).containsOnly(2);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].argmin(0))).containsOnly(7);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].maxWithIndex(0).value())).containsOnly(7);
    float[] none = {NAN, NAN, NAN, NAN};
    assertThat(run(none, F32, (k, t) -> t[0] = t[0].argmax(0))).containsOnly(0);
  }

  @Test
  void moments_ofMaskedVector_areMeanAndVariance() {
    float[] x = {1, 2, 3, 4, 100, 100, 100, 100};
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].moments(0, k.arange(8).lt(4)).mean()))
        .containsOnly(2.5f);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].moments(0, k.arange(8).lt(4)).variance()))
        .containsOnly(1.25f);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].moments(0).count())).containsOnly(8);
  }

  @Test
  void sortWithIndex_equalElements_keepTheirOrder() {
    float[] x = {2, -1, 2, 0, -0f, 2, NAN, -5};
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].sortWithIndex(0, Direction.FORWARD).indices()))
        .containsExactly(7, 1, 4, 3, 0, 2, 5, 6);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].sortWithIndex(0, Direction.REVERSE).indices()))
        .containsExactly(6, 0, 2, 5, 3, 4, 1, 7);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].sortWithIndex(0, Direction.FORWARD).values()))
        .containsExactly(-5, -1, -0f, 0, 2, 2, 2, NAN);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].sort(0)))
        .containsExactly(-5, -1, -0f, 0, 2, 2, 2, NAN);
  }

  @Test
  void sortWithIndex_ofNarrowTypes_givesTheirValuesBack() {
    float[] x = {2, -1, 127, -128};
    for (DType type : new DType[] {I8, I16, I32, F16, BF16, FP8_E5M2}) {
      float[] held = HostArray.floats(HostArray.of(x, type, 4));
      float[] sorted = held.clone();
      Arrays.sort(sorted);
      assertThat(run(x, type, (k, t) -> t[0] = t[0].sortWithIndex(0, Direction.FORWARD).values()))
          .as(type.label())
          .containsExactly(sorted);
    }
  }

  @Test
  void topkWithIndex_takesTheLargest() {
    float[] x = {5, 1, 9, 9};
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].topkWithIndex(1).indices())).containsOnly(2);
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].topkWithIndex(1).values())).containsOnly(9);
  }

  @Test
  void cdiv_ofTiles_roundsUpWhateverTheSigns() {
    float[] x = {7, -7, 8, -8, 1, -1, 0, 9};
    assertThat(run(x, I32, (k, t) -> t[0] = t[0].cdiv(4)))
        .containsExactly(2, -1, 2, -2, 1, 0, 0, 3);
    assertThat(run(x, I32, (k, t) -> t[0] = t[0].cdiv(-4)))
        .containsExactly(-1, 2, -2, 2, 0, 1, 0, -2);
  }

  @Test
  void swizzle2d_groupsRows() {
    float[] x = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    assertThat(
            run(
                x,
                I64,
                (k, t) -> {
                  var four = k.scalar(4);
                  var s = k.swizzle2d(t[0].div(4), t[0].rem(4), four, four, 2);
                  t[0] = s.i().mul(4).add(s.j());
                }))
        .containsExactly(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15);
  }

  @Test
  void joinSplitInterleave_areInverse() {
    float[] x = {0, 1, 2, 3};
    assertThat(
            run(
                x,
                F32,
                (k, t) -> t[0] = k.interleave(t[0], t[0].neg()).reshape(4, 2).split().second()))
        .containsExactly(-0f, -1, -2, -3);
    assertThat(run(x, F32, (k, t) -> t[0] = k.join(t[0], t[0].neg()).split().first()))
        .containsExactly(x);
  }

  @Test
  void randint_isThePhiloxStream() {
    float[] x = {0, 1, 2, 3};
    // the known answer of Philox 4x32-10 for key 0 and counter 0 starts with 6627e8d5
    assertThat(Philox.next(0, 0, 0)).isEqualTo(0x6627e8d5);
    assertThat(run(x, I64, (k, t) -> t[0] = k.randint(0, t[0]).bitcast(F32)))
        .containsExactly(words(0));
    assertThat(run(x, I32, (k, t) -> t[0] = k.randint4x(k.scalar(77), t[0]).c().bitcast(F32)))
        .containsExactly(words(77, 2));
  }

  private static float[] words(long seed) {
    return words(seed, 0);
  }

  private static float[] words(long seed, int word) {
    float[] all = new float[4];
    for (int i = 0; i < 4; i++) {
      all[i] = Float.intBitsToFloat(Philox.next(seed, i, word));
    }
    return all;
  }

  @Test
  void rand_liesInTheUnitInterval_asTritonScalesIt() {
    float[] x = {0, 1, 2, 3};
    float[] expected = new float[4];
    for (int i = 0; i < 4; i++) {
      int word = Philox.next(5, i, 0);
      expected[i] = (float) (word < 0 ? ~word : word) * 4.6566127342e-10f;
    }
    assertThat(run(x, I64, (k, t) -> t[0] = k.rand(5, t[0]))).containsExactly(expected);
  }

  @Test
  void softmax_ofEqualElements_sharesEqually() {
    float[] x = {3, 3, 3, 3};
    assertThat(run(x, F32, (k, t) -> t[0] = t[0].softmax(0))).containsOnly(0.25f);
  }

  @Test
  void unrolledLoop_countsLikeThePlainOne() {
    float[] x = {0, 0, 0, 0};
    for (int unroll : new int[] {1, 2, 3, 4, 8}) {
      assertThat(
              run(
                  x,
                  F32,
                  (k, t) -> {
                    var sum = k.var(t[0]);
                    k.range(3, 14, 2).unroll(unroll).each(i -> sum.inc(i.to(F32)));
                    t[0] = sum.get();
                  }))
          .containsOnly(3 + 5 + 7 + 9 + 11 + 13);
    }
  }

  @Test
  void descriptor_reversedAndRepeated_readsThroughItsStrides() {
    float[] x = {0, 1, 2, 3, 4, 5, 6, 7};
    HostArray in = HostArray.of(x, F32, 8);
    HostArray out = HostArray.zeros(F32, 16);
    Kernel kernel =
        Kernel.define(
            "seen",
            k -> {
              var from = k.in("x", F32, 1);
              var to = k.inOut("y", F32, 1);
              var rows =
                  from.descriptor(k.scalar(2), k.scalar(4))
                      .strides(k.scalar(0), k.scalar(-1))
                      .offset(k.scalar(7));
              var block = rows.block(new int[] {2, 4}, k.scalar(0), k.scalar(0)).load();
              to.descriptor(k.scalar(4), k.scalar(4))
                  .block(new int[] {2, 4}, k.scalar(1), k.scalar(0))
                  .store(block);
            });
    kernel.grid(1).call(KernelCall.Mode.COMPUTE, in, out).interpret();
    assertThat(HostArray.floats(out))
        .containsExactly(0, 0, 0, 0, 7, 6, 5, 4, 7, 6, 5, 4, 0, 0, 0, 0);
  }
}
