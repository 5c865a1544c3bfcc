package maia.kernel;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static maia.numerics.DType.I16;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;
import static maia.numerics.DType.I8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.sim.RunRecord;
import org.junit.jupiter.api.Test;

/// Every word of the language on the simulated chip, over ragged sizes: the simulator, the
/// interpreter and eager mode leave the same bits.
class IrregularKernelsTest {
  private static final Machine TOY = Chip.TOY;
  private static final int ROWS = 5;
  private static final int COLUMNS = 7;

  /// Applies `f` to an 8x8 tile that holds a 5x7 array, and stores what it gives.
  private static void agrees(DType in, BiFunction<KernelContext, Tile, Tile> f) {
    var shape = new int[1][];
    Kernel kernel =
        Kernel.define(
            "t",
            k -> {
              var x = k.in("x", in, 2);
              var r = k.arange(8).col();
              var c = k.arange(8).row();
              Tile tile = x.at(r, c).load(r.lt(x.size(0)).and(c.lt(x.size(1))));
              Tile result = f.apply(k, tile);
              shape[0] = result.shape().stream().mapToInt(Integer::intValue).toArray();
              store(k, result);
            });
    kernel.trace();
    long[] sizes = new long[Math.max(1, shape[0].length)];
    sizes[0] = 1;
    for (int d = 0; d < shape[0].length; d++) {
      sizes[d] = shape[0][d];
    }
    HostArray y = HostArray.zeros(type(kernel), sizes);
    HostArray x = Values.array(3, in.isFloat() ? in : F32, ROWS, COLUMNS);
    HostArray given = in.isFloat() ? x : integers(in);
    Modes.agree(kernel.grid(1), TOY, given, y);
  }

  private static HostArray integers(DType type) {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i * 37 + 11) % 100 - 50;
    }
    return HostArray.of(values, type, ROWS, COLUMNS);
  }

  private static DType type(Kernel kernel) {
    return kernel.trace().func().params().stream()
        .filter(p -> p.name().equals("y"))
        .map(p -> (DType) ((maia.kernel.ir.Func.ArrayParam) p).type())
        .findFirst()
        .orElseThrow();
  }

  private static void store(KernelContext k, Tile result) {
    List<Integer> shape = result.shape();
    var y = k.out("y", result.dtype(), Math.max(1, shape.size()));
    switch (shape.size()) {
      case 0 -> y.at(k.scalar(0)).store(result);
      case 1 -> y.at(k.arange(shape.get(0))).store(result);
      case 2 -> y.at(k.arange(shape.get(0)).col(), k.arange(shape.get(1)).row()).store(result);
      default ->
          y.at(
                  k.arange(shape.get(0)).unsqueeze(1).unsqueeze(2),
                  k.arange(shape.get(1)).unsqueeze(0).unsqueeze(2),
                  k.arange(shape.get(2)).unsqueeze(0).unsqueeze(0))
              .store(result);
    }
  }

  private static void agrees(Function<Tile, Tile> f) {
    agrees(F32, (k, x) -> f.apply(x));
  }

  // ---- shape

  @Test
  void shapes_ofATile_agree() {
    agrees(x -> x.reshape(4, 16).add(1));
    agrees(x -> x.reshape(64).mul(2));
    agrees(x -> x.reshape(2, 4, 8).sum(1));
    agrees(x -> x.flip(0));
    agrees(x -> x.flip(1).exp());
    agrees(x -> x.t().add(x));
    agrees(x -> x.permute(1, 0).flip(0));
    agrees(x -> x.reshape(2, 4, 8).permute(2, 0, 1).reshape(16, 4));
    agrees(x -> x.reshape(8, 4, 2).split().second());
    agrees(x -> x.sum(1).unsqueeze(1).add(x));
    agrees(F32, (k, x) -> k.cat(x, x.mul(2), 0));
    agrees(F32, (k, x) -> k.cat(1, x, x.exp(), x, x.neg()));
    agrees(F32, (k, x) -> k.join(x, x.neg()));
    agrees(F32, (k, x) -> k.interleave(x, x.mul(3)));
    agrees(F32, (k, x) -> x.reshape(4, 2, 8).sum(2));
    agrees(F32, (k, x) -> x.reshape(4, 2, 8).amax(0));
  }

  // ---- order

  @Test
  void reductionsAndScans_agree() {
    agrees(x -> x.argmax(0));
    agrees(x -> x.argmax(1));
    agrees(x -> x.argmin(1));
    agrees(x -> x.cumsum(0));
    agrees(x -> x.cumsum(1));
    agrees(x -> x.cumprod(1));
    agrees(x -> x.reduce(0, (a, b) -> a.mul(b).add(1)));
    agrees(x -> x.sum(0).cumsum(0));
    agrees(I32, (k, x) -> x.xorSum(1));
    agrees(I32, (k, x) -> x.cumsum(1));
    agrees(F32, (k, x) -> x.gt(0).any(1).to(I32));
    agrees(F32, (k, x) -> x.gt(-9).all(0).to(I32));
    agrees(
        F32,
        (k, x) -> {
          var moments =
              k.reduce(
                  List.of(x, x.mul(x)),
                  1,
                  (a, b) -> List.of(a.get(0).add(b.get(0)), a.get(1).add(b.get(1))));
          return moments.get(1).sub(moments.get(0));
        });
    agrees(
        BF16,
        (k, x) ->
            k.scan(List.of(x), 1, Direction.REVERSE, (a, b) -> List.of(a.get(0).add(b.get(0))))
                .get(0));
  }

  @Test
  void sorts_agree() {
    agrees(x -> x.sort(0));
    agrees(x -> x.sort(1));
    agrees(x -> x.topk(4));
    agrees(I32, (k, x) -> x.sort(1));
    agrees(F32, (k, x) -> x.sum(0).sort(0));
  }

  @Test
  void histogram_ofBytes_agrees() {
    agrees(I32, (k, x) -> x.and(15).ravel().histogram(16));
  }

  @Test
  void gather_onChip_agrees() {
    agrees(F32, (k, x) -> x.gather(k.arange(8).col().add(k.arange(8).row()).and(7), 1));
    agrees(F32, (k, x) -> x.gather(k.arange(8).col().mul(3).and(7).broadcastTo(8, 8), 0));
  }

  // ---- bits, casts, random numbers

  @Test
  void bitsOfIntegers_agree() {
    for (DType type : List.of(I8, I16, I32, I64)) {
      agrees(type, (k, x) -> x.and(13));
      agrees(type, (k, x) -> x.or(64).xor(x));
      agrees(type, (k, x) -> x.shl(1));
      agrees(type, (k, x) -> x.shr(1));
    }
    agrees(I32, (k, x) -> x.ushr(3).xor(x.shl(27)));
    agrees(I64, (k, x) -> x.ushr(3).xor(x.shl(60)));
    agrees(I32, (k, x) -> x.umulhi(x.add(1000)));
    agrees(I64, (k, x) -> x.umulhi(x));
    agrees(I32, (k, x) -> x.cdiv(k.full(I32, 7)));
  }

  @Test
  void casts_withTheirOwnRules_agree() {
    agrees(x -> x.mul(1000).to(FP8_E4M3, Rounding.TOWARD_ZERO, Overflow.NON_SATURATE).to(F32));
    agrees(x -> x.to(BF16, Rounding.stochastic(9)).to(F32));
    agrees(x -> x.sum(1).to(BF16, Rounding.stochastic(9)).to(F32).col().add(x));
    agrees(x -> x.mul(100).to(I8));
    agrees(x -> x.bitcast(I32));
    agrees(x -> x.bitcast(I32).shl(1).bitcast(F32));
    agrees(x -> x.to(F16).bitcast(I16));
  }

  @Test
  void randomNumbers_areTheSameEverywhere() {
    agrees(F32, (k, x) -> x.add(k.rand(42, k.arange(8).col().mul(8).add(k.arange(8).row()))));
    agrees(F32, (k, x) -> x.add(k.randn(7, k.arange(8))));
    agrees(I32, (k, x) -> x.xor(k.randint(1, x)));
  }

  // ---- memory

  @Test
  void embedding_gathersRows() {
    Kernel kernel =
        Kernel.define(
            "embed",
            k -> {
              var ids = k.in("ids", I32, 1);
              var table = k.in("table", F32, 2);
              var y = k.out("y", F32, 2);
              var i = k.programId(0).mul(8).add(k.arange(8));
              var c = k.arange(16);
              var ok = i.lt(ids.size(0));
              var row = ids.at(i).load(ok);
              var both = ok.col().and(c.lt(table.size(1)).row());
              y.at(i.col(), c.row()).store(table.at(row.col(), c.row()).load(both), both);
            });
    HostArray ids = HostArray.of(new float[] {3, 0, 9, 3, 1, 2, 2, 8, 7, 5, 0}, I32, 11);
    Modes.agree(
        kernel.grid(cdiv(11, 8)),
        TOY,
        ids,
        Values.array(1, F32, 10, 13),
        HostArray.zeros(F32, 11, 13));
    assertThat(kernel.explain(TOY).toString()).contains("gather table[");
  }

  @Test
  void scatter_throughAPermutation_agrees() {
    Kernel kernel =
        Kernel.define(
            "permute",
            k -> {
              var ids = k.in("ids", I64, 1);
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.arange(8);
              y.at(ids.at(i).load()).store(x.at(i).load());
            });
    HostArray ids = HostArray.of(new float[] {3, 0, 6, 7, 1, 2, 5, 4}, I64, 8);
    Modes.agree(kernel.grid(1), TOY, ids, Values.array(1, F32, 8), HostArray.zeros(F32, 8));
  }

  @Test
  void gather_outsideTheArray_namesProgramLaneIndexAndLine() {
    Kernel kernel =
        Kernel.define(
            "bad",
            k -> {
              var ids = k.in("ids", I32, 1);
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.arange(4);
              y.at(i).store(x.at(ids.at(i).load()).load());
            });
    HostArray ids = HostArray.of(new float[] {0, 1, 9, 2}, I32, 4);
    var call =
        kernel
            .grid(1)
            .call(KernelCall.Mode.COMPUTE, ids, HostArray.zeros(F32, 8), HostArray.zeros(F32, 4));
    assertThatThrownBy(() -> new OnSim(TOY).launch(call))
        .isInstanceOf(NplException.class)
        .hasMessageContaining("lane [0, 2] has index 9 in dimension 0 of 'x' [8] (no mask)")
        .hasMessageContaining("[bad:8 (IrregularKernelsTest.java:");
  }

  @Test
  void accessesOfOtherForms_agree() {
    Kernel kernel =
        Kernel.define(
            "forms",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              var r = k.arange(8).col();
              var c = k.arange(8).row();
              var back = x.size(1).sub(1).sub(c); // reversed
              var reversed = x.at(r, back).load(r.lt(5).and(back.ge(0)));
              var lower = x.at(r, c).load(r.ge(c).and(r.lt(5)).and(c.lt(7)), 1);
              var same = x.at(r, k.scalar(2)).load(r.lt(5)).broadcastTo(8, 8);
              var rows = x.at(k.arange(8).and(3).col(), c).load(c.lt(7));
              var flipped = x.at(k.arange(4).flip(0).col(), c).load(c.lt(x.size(1)));
              var all = reversed.add(lower).add(same).add(rows);
              y.at(r, c).store(all.add(k.cat(flipped, flipped, 0)));
            });
    Modes.agree(kernel.grid(1), TOY, Values.array(1, F32, 5, 7), HostArray.zeros(F32, 8, 8));
  }

  @Test
  void reversedAndRepeatedAccess_areStridedCopies() {
    Kernel kernel =
        Kernel.define(
            "reversed",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 2);
              var c = k.arange(16);
              var tile = x.at(k.scalar(15).sub(c)).load();
              y.at(k.arange(4).col(), c.row()).store(tile.row().broadcastTo(4, 16));
            });
    RunRecord run = run(kernel.grid(1), Values.array(1, F32, 16), HostArray.zeros(F32, 4, 16));
    assertThat(run.counters().copies()).isEqualTo(2);
    assertThat(run.counters().gathers()).isZero();
    assertThat(run.counters().hbmReadBytes()).isEqualTo(64);
  }

  private static RunRecord run(KernelLaunch launch, Object... arguments) {
    var call = launch.call(KernelCall.Mode.COMPUTE, arguments);
    return ((OnSim.Finished) new OnSim(TOY).launch(call)).run();
  }

  // ---- atomics and control from data

  @Test
  void atomics_ofManyPrograms_agree() {
    Kernel kernel =
        Kernel.define(
            "count",
            k -> {
              var x = k.in("x", I32, 1);
              var bins = k.inOut("bins", I32, 1);
              var most = k.inOut("most", I32, 1);
              var i = k.programId(0).mul(8).add(k.arange(8));
              var ok = i.lt(x.size(0));
              var v = x.at(i).load(ok);
              bins.at(v.and(3)).atomicAdd(k.full(I32, 1, 8), ok);
              most.at(k.scalar(0)).atomicMax(v.amax(0));
            });
    float[] values = new float[50];
    int[] expected = new int[4];
    int largest = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7 % 31;
      expected[i * 7 % 31 & 3]++;
      largest = Math.max(largest, i * 7 % 31);
    }
    HostArray bins = HostArray.zeros(I32, 4);
    HostArray most = HostArray.zeros(I32, 1);
    RunRecord run = run(kernel.grid(cdiv(50, 8)), HostArray.of(values, I32, 50), bins, most);
    assertThat(bins.toFloats()).containsExactly(expected[0], expected[1], expected[2], expected[3]);
    assertThat(most.toFloats()).containsExactly(largest);
    assertThat(run.counters().atomics()).isEqualTo(50 + 7);
  }

  @Test
  void spinLock_overPartialRows_losesNothing() {
    Kernel kernel =
        Kernel.define(
            "locked_rows",
            k -> {
              var lock = k.inOut("lock", I32, 1);
              var sums = k.inOut("sums", F32, 2);
              var x = k.in("x", F32, 2);
              var row = k.programId(0);
              var group = row.rem(3);
              var c = k.arange(16);
              var ok = c.lt(x.size(1));
              k.loopWhile(() -> lock.at(group).atomicCas(0, 1).eq(1), () -> {});
              var sum = sums.at(group, c).load(ok).add(x.at(row, c).load(ok));
              sums.at(group, c).store(sum, ok);
              lock.at(group).atomicXchg(0);
            });
    float[] values = new float[20 * 13];
    float[] expected = new float[3 * 13];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 17;
      expected[i / 13 % 3 * 13 + i % 13] += i % 17;
    }
    HostArray sums = HostArray.zeros(F32, 3, 13);
    run(kernel.grid(20), HostArray.zeros(I32, 3), sums, HostArray.of(values, F32, 20, 13));
    assertThat(sums.toFloats()).containsExactly(expected);
  }

  @Test
  void withoutTheLock_theSameKernelIsARace() {
    Kernel kernel =
        Kernel.define(
            "unlocked",
            k -> {
              var sums = k.inOut("sums", F32, 1);
              var c = k.arange(16);
              sums.at(c).store(sums.at(c).load().add(1));
            });
    var call = kernel.grid(3).call(KernelCall.Mode.COMPUTE, HostArray.zeros(F32, 16));
    assertThatThrownBy(() -> new OnSim(TOY).launch(call))
        .hasMessageContaining("race on 'sums' element [0] by programs");
  }

  @Test
  void controlFromData_agrees() {
    Kernel kernel =
        Kernel.define(
            "ragged_rows",
            k -> {
              var lengths = k.in("lengths", I32, 1);
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 1);
              var row = k.programId(0);
              var n = lengths.at(row).load();
              var sum = k.var(k.full(F32, 0));
              k.range(0, n.to(I64), 4)
                  .each(at -> {
                    var c = at.add(k.arange(4));
                    sum.inc(x.at(row, c).load(c.lt(n.to(I64))).sum(0));
                  });
              k.when(
                  sum.get().gt(0),
                  () -> sum.set(sum.get().mul(2)),
                  () -> sum.set(sum.get().sub(1)));
              y.at(row).store(sum.get());
            });
    HostArray lengths = HostArray.of(new float[] {0, 3, 13, 8, 1}, I32, 5);
    Modes.agree(kernel.grid(5), TOY, lengths, Values.array(4, F32, 5, 13), HostArray.zeros(F32, 5));
  }

  @Test
  void collatz_ofLoadedNumbers_countsSteps() {
    Kernel kernel =
        Kernel.define(
            "collatz_all",
            k -> {
              var n = k.in("n", I64, 1);
              var out = k.out("out", I32, 1);
              var v = k.var(n.at(k.programId(0)).load());
              var steps = k.var(k.full(I32, 0));
              k.loopWhile(
                  () -> v.get().ge(2),
                  () -> {
                    k.when(
                        v.get().rem(2).eq(0),
                        () -> v.set(v.get().div(2)),
                        () -> v.set(v.get().mul(3).add(1)));
                    steps.inc(k.full(I32, 1));
                  });
              out.at(k.programId(0)).store(steps.get());
            });
    HostArray out = HostArray.zeros(I32, 4);
    Modes.agree(kernel.grid(4), TOY, HostArray.of(new float[] {27, 1, 6, 97}, I64, 4), out);
    run(kernel.grid(4), HostArray.of(new float[] {27, 1, 6, 97}, I64, 4), out);
    assertThat(out.toFloats()).containsExactly(111, 0, 8, 118);
  }

  @Test
  void printsAndAssertions_areSeen() {
    Kernel kernel =
        Kernel.define(
            "talks",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var t = x.at(k.arange(4)).load();
              k.print("t", t);
              k.assume(t.lt(100));
              k.deviceAssert(t.lt(5), "small");
              y.at(k.arange(4)).store(t);
            });
    HostArray y = HostArray.zeros(F32, 4);
    RunRecord run = run(kernel.grid(1), HostArray.of(new float[] {1, 2, 3, 4}, F32, 4), y);
    assertThat(run.prints().getFirst().toString())
        .isEqualTo("program 0: t 1x4 = [1.0, 2.0, 3.0, 4.0]");
    var call =
        kernel
            .grid(1)
            .call(KernelCall.Mode.COMPUTE, HostArray.of(new float[] {1, 2, 9, 4}, F32, 4), y);
    assertThatThrownBy(() -> new OnSim(TOY).launch(call))
        .hasMessageContaining("assert: small: the condition does not hold in program 0 at lane");
  }

  // ---- products

  @Test
  void dots_ofFp32BatchesAndBytes_agree() {
    agrees(F32, (k, x) -> k.dot(x, x.t(), k.full(F32, 0.5, 8, 8)));
    agrees(
        BF16,
        (k, x) ->
            k.dot(x.reshape(2, 4, 8), x.reshape(2, 4, 8).permute(0, 2, 1), k.zeros(F32, 2, 4, 4)));
    agrees(I8, (k, x) -> k.dot(x, x.t(), k.zeros(I32, 8, 8)));
  }

  @Test
  void matmul_ofZeroDepth_isZero() {
    HostArray c = Values.array(1, F32, 20, 20);
    Modes.agree(
        ListingsTest.matmulByBlocks().with("BM", 16).with("BN", 16).with("BK", 16).grid(2, 2),
        TOY,
        HostArray.zeros(F16, 20, 0),
        HostArray.zeros(F16, 0, 20),
        c);
  }

  // ---- the tutorials

  @Test
  void tutorials_onTheChip_agree() {
    Modes.agree(
        ListingsTest.vectorAdd().with("BLOCK", 64).grid(cdiv(1000, 64)),
        TOY,
        Values.array(1, F32, 1000),
        Values.array(2, F32, 1000),
        HostArray.zeros(F32, 1000));
    Modes.agree(
        ListingsTest.softmax().with("BLOCK", nextPow2(37)).grid(3),
        TOY,
        Values.array(1, F32, 11, 37),
        HostArray.zeros(F32, 11, 37));
    Modes.agree(
        ListingsTest.matmul()
            .with("BM", 16)
            .with("BN", 16)
            .with("BK", 16)
            .with("GROUP", 2)
            .with("ACT", ListingsTest.Act.LEAKY)
            .grid(cdiv(50, 16) * cdiv(33, 16)),
        TOY,
        Values.array(1, F16, 50, 29),
        Values.array(2, F16, 29, 33),
        HostArray.zeros(F16, 50, 33));
  }

  @Test
  void layerNorm_forwardAndBackward_agree() {
    HostArray x = Values.array(1, F32, 6, 21);
    HostArray w = Values.array(2, F32, 21);
    HostArray mean = HostArray.zeros(F32, 6);
    HostArray rstd = HostArray.zeros(F32, 6);
    KernelLaunch forward = ListingsTest.layerNorm().with("BLOCK", 16).grid(6);
    Modes.agree(
        forward,
        TOY,
        x,
        HostArray.zeros(F32, 6, 21),
        w,
        Values.array(3, F32, 21),
        mean,
        rstd,
        1e-5f);
    Modes.agree(
        ListingsTest.layerNormBackward().with("BLOCK", 32).with("GROUPS", 6).grid(6),
        TOY,
        x,
        Values.array(4, F32, 6, 21),
        w,
        mean,
        rstd,
        HostArray.zeros(F32, 6, 21),
        HostArray.zeros(F32, 6, 21),
        HostArray.zeros(F32, 6, 21));
  }

  @Test
  void attention_causalAndNot_agrees() {
    for (boolean causal : List.of(true, false)) {
      Modes.agree(
          ListingsTest.attention()
              .with("BM", 16)
              .with("BN", 16)
              .with("D", 16)
              .with("CAUSAL", causal)
              .grid(cdiv(41, 16), 2),
          TOY,
          Values.array(1, F16, 2, 41, 16),
          Values.array(2, F16, 2, 41, 16),
          Values.array(3, F16, 2, 41, 16),
          HostArray.zeros(F16, 2, 41, 16),
          HostArray.zeros(F32, 2, 41),
          0.25f);
    }
  }

  @Test
  void collatzOfAParameter_takes111Steps() {
    HostArray out = HostArray.zeros(I32, 1);
    run(ListingsTest.collatz().grid(1), 27L, out);
    assertThat(out.toFloats()).containsExactly(111);
  }
}
