package maia.kernel;

import static maia.numerics.DType.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import maia.kernel.ir.Func;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import org.junit.jupiter.api.Test;

/// Every word of the language as the text it records. Values are tested where they are computed.
class VocabularyTest {
  /// What `body` records, without places, and with values numbered in order of appearance.
  private static String text(Consumer<KernelContext> body) {
    Func func = Kernel.define("t", body).trace().func();
    assertThat(Func.parse(func.toString())).isEqualTo(func);
    String text = func.toString().replaceAll(" @ .*", "");
    return text.substring(text.indexOf('\n') + 1);
  }

  /// What `f` records for `x` (F32, 4 x 8), printed so that it is used.
  private static void records(Function<Tile, Tile> f, String expected) {
    assertThat(
            text(k -> {
              var x = k.in("x", F32, 2);
              var tile = x.at(k.arange(4).col(), k.arange(8).row()).load();
              k.print("r", f.apply(tile));
            }))
        .isEqualTo(
            """
              %0: i64[4] = iota(4)
              %1: i64[4x1] = unsqueeze(1, %0)
              %2: i64[8] = iota(8)
              %3: i64[1x8] = unsqueeze(0, %2)
              %4: f32[4x8] = load x[%1, %3]
            """
                + expected.indent(2));
  }

  private static void recordsOfVector(DType dtype, Function<Tile, Tile> f, String expected) {
    assertThat(
            text(k -> {
              var x = k.in("x", dtype, 1);
              k.print("r", f.apply(x.at(k.arange(8)).load()));
            }))
        .isEqualTo(
            """
              %%0: i64[8] = iota(8)
              %%1: %s[8] = load x[%%0]
            """
                    .formatted(dtype.label())
                + expected.indent(2));
  }

  // ---- shape

  @Test
  void shapes_areViews() {
    records(x -> x.unsqueeze(1), "%5: f32[4x1x8] = unsqueeze(1, %4)\nprint %5 \"r\"");
    records(
        x -> x.unsqueeze(0).squeeze(0),
        """
        %5: f32[1x4x8] = unsqueeze(0, %4)
        %6: f32[4x8] = reshape(4x8, %5)
        print %6 "r"
        """);
    records(x -> x.reshape(8, 4), "%5: f32[8x4] = reshape(8x4, %4)\nprint %5 \"r\"");
    records(x -> x.view(2, 2, 8), "%5: f32[2x2x8] = reshape(2x2x8, %4)\nprint %5 \"r\"");
    records(x -> x.ravel(), "%5: f32[32] = reshape(32, %4)\nprint %5 \"r\"");
    records(x -> x.t(), "%5: f32[8x4] = transpose(%4)\nprint %5 \"r\"");
    records(x -> x.permute(1, 0), "%5: f32[8x4] = permute(1x0, %4)\nprint %5 \"r\"");
    records(x -> x.flip(1), "%5: f32[4x8] = flip(1, %4)\nprint %5 \"r\"");
    records(x -> x.broadcastTo(2, 4, 8), "%5: f32[2x4x8] = broadcast(2x4x8, %4)\nprint %5 \"r\"");
  }

  @Test
  void reshape_ofOneElement_isAScalar() {
    assertThat(text(k -> k.print("r", k.zeros(F32, 1).reshape())))
        .isEqualTo(
            """
              %0: f32[1] = broadcast(1, 0.0:f32)
              %1: f32 = reshape(_, %0)
              print %1 "r"
            """);
  }

  @Test
  void pairing_isConcatenationAndSlices() {
    assertThat(
            text(k -> {
              var a = k.zeros(F32, 4);
              var halves = k.join(a, a).split();
              k.print("r", k.interleave(halves.first(), halves.second()));
            }))
        .isEqualTo(
            """
              %0: f32[4] = broadcast(4, 0.0:f32)
              %1: f32[4x1] = unsqueeze(1, %0)
              %2: f32[4x1] = unsqueeze(1, %0)
              %3: f32[4x2] = concat %1, %2 dim 1
              %4: f32[4x1] = slice(1, 0, 1, %3)
              %5: f32[4] = reshape(4, %4)
              %6: f32[4x1] = slice(1, 1, 1, %3)
              %7: f32[4] = reshape(4, %6)
              %8: f32[4x1] = unsqueeze(1, %5)
              %9: f32[4x1] = unsqueeze(1, %7)
              %10: f32[4x2] = concat %8, %9 dim 1
              %11: f32[8] = reshape(8, %10)
              print %11 "r"
            """);
  }

  @Test
  void split_oneHalfUnused_isNoMistake() {
    assertThat(text(k -> k.print("r", k.zeros(F32, 4, 2).split().second())))
        .contains("slice(1, 1,");
  }

  @Test
  void cat_joinsAlongADimension() {
    assertThat(text(k -> k.print("r", k.cat(k.zeros(F32, 2, 4), k.zeros(F32, 2, 4), 0))))
        .endsWith("  %2: f32[4x4] = concat %0, %1 dim 0\n  print %2 \"r\"\n");
  }

  @Test
  void arange_fromStart_adds() {
    assertThat(text(k -> k.print("r", k.arange(16, 24)))).contains("add(%0, 16:i64)");
  }

  // ---- math

  @Test
  void mathOfPairs_recordsItsName() {
    records(
        x -> x.clamp(-1, 1),
        "%6: f32[4x8] = max(%4, -1.0:f32)\n%8: f32[4x8] = min(%6, 1.0:f32)\nprint %8 \"r\"");
    records(x -> x.fma(x, x), "%5: f32[4x8] = fma(%4, %4, %4)\nprint %5 \"r\"");
    records(x -> x.fdiv(x), "%5: f32[4x8] = div(%4, %4)\nprint %5 \"r\"");
    records(x -> x.divRn(x), "%5: f32[4x8] = div(%4, %4)\nprint %5 \"r\"");
    records(x -> x.sqrtRn(), "%5: f32[4x8] = sqrt(%4)\nprint %5 \"r\"");
    records(
        x -> x.softmax(1),
        """
        %5: f32[4] = reduce max %4 axis 1
        %6: f32[4x1] = unsqueeze(1, %5)
        %7: f32[4x8] = sub(%4, %6)
        %8: f32[4x8] = exp(%7)
        %9: f32[4] = reduce sum %8 axis 1
        %10: f32[4x1] = unsqueeze(1, %9)
        %11: f32[4x8] = div(%8, %10)
        print %11 "r"
        """);
  }

  @Test
  void mathOfOne_recordsItsName() {
    List<Function<Tile, Tile>> all =
        List.of(
            Tile::neg,
            Tile::abs,
            Tile::exp,
            Tile::exp2,
            Tile::log,
            Tile::log2,
            Tile::sqrt,
            Tile::rsqrt,
            Tile::reciprocal,
            Tile::tanh,
            Tile::erf,
            Tile::sin,
            Tile::cos,
            Tile::sigmoid,
            Tile::floor,
            Tile::ceil);
    List<String> names =
        List.of(
            "neg",
            "abs",
            "exp",
            "exp2",
            "log",
            "log2",
            "sqrt",
            "rsqrt",
            "reciprocal",
            "tanh",
            "erf",
            "sin",
            "cos",
            "sigmoid",
            "floor",
            "ceil");
    for (int i = 0; i < all.size(); i++) {
      records(all.get(i), "%%5: f32[4x8] = %s(%%4)\nprint %%5 \"r\"".formatted(names.get(i)));
    }
  }

  @Test
  void bitsOfIntegers_recordTheirNames() {
    recordsOfVector(I32, x -> x.and(15), "%3: i32[8] = and(%1, 15:i32)\nprint %3 \"r\"");
    recordsOfVector(I32, x -> x.or(x), "%2: i32[8] = or(%1, %1)\nprint %2 \"r\"");
    recordsOfVector(I16, x -> x.xor(-1), "%3: i16[8] = xor(%1, -1:i16)\nprint %3 \"r\"");
    recordsOfVector(I64, x -> x.shl(40), "%3: i64[8] = shl(%1, 40:i64)\nprint %3 \"r\"");
    recordsOfVector(I8, x -> x.shr(1), "%3: i8[8] = shr(%1, 1:i8)\nprint %3 \"r\"");
    recordsOfVector(U8, x -> x.ushr(1), "%3: u8[8] = ushr(%1, 1:u8)\nprint %3 \"r\"");
    recordsOfVector(I32, x -> x.umulhi(x), "%2: i32[8] = umulhi(%1, %1)\nprint %2 \"r\"");
  }

  @Test
  void integersOfDifferentWidth_meetInTheWider() {
    assertThat(
            text(k -> {
              var a = k.full(I8, 1, 4).add(k.full(I32, 1, 4));
              var b = k.full(U8, 1, 4).add(k.full(I8, 1, 4));
              k.print("a", a);
              k.print("b", b);
            }))
        .contains("i32[4] = add(cast(i32, %0), %1)")
        .contains("i16[4] = add(cast(i16, %3), cast(i16, %4))");
  }

  @Test
  void cdivOfTiles_roundsUp() {
    recordsOfVector(
        I64,
        x -> x.cdiv(4),
        """
        %3: i64[8] = rem(%1, 4:i64)
        %5: bool[8] = lt(%3, 0:i64)
        %7: bool = lt(4:i64, 0:i64)
        %8: bool[8] = xor(%5, %7)
        %9: bool[8] = not(%8)
        %10: i64[8] = div(%1, 4:i64)
        %12: bool[8] = ne(%3, 0:i64)
        %13: bool[8] = and(%12, %9)
        %14: i64[8] = cast(i64, %13)
        %15: i64[8] = add(%10, %14)
        print %15 "r"
        """);
  }

  @Test
  void casts_nameRoundingAndOverflow() {
    records(x -> x.to(F16), "%5: f16[4x8] = cast(f16, %4)\nprint %5 \"r\"");
    records(x -> x.to(I32), "%5: i32[4x8] = cast(i32 toward_zero saturate, %4)\nprint %5 \"r\"");
    records(x -> x.to(I8, Rounding.NEAREST_EVEN), "%5: i8[4x8] = cast(i8, %4)\nprint %5 \"r\"");
    records(
        x -> x.to(FP8_E5M2, Rounding.stochastic(7), Overflow.NON_SATURATE),
        "%5: fp8_e5m2[4x8] = cast(fp8_e5m2 stochastic 7 non_saturate, %4)\nprint %5 \"r\"");
    records(x -> x.bitcast(I32), "%5: i32[4x8] = bitcast(i32, %4)\nprint %5 \"r\"");
    records(x -> x.to(BOOL), "%6: bool[4x8] = ne(%4, 0.0:f32)\nprint %6 \"r\"");
  }

  @Test
  void swizzle2d_walksGroupsOfRows() {
    assertThat(
            text(k -> {
              var s =
                  k.swizzle2d(
                      k.programId(0), k.programId(1), k.numPrograms(0), k.numPrograms(1), 8);
              k.print("i", s.i());
              k.print("j", s.j());
            }))
        .endsWith(
            """
              %4: i64 = mul(%0, %3)
              %5: i64 = add(%4, %1)
              %7: i64 = mul(%3, 8:i64)
              %8: i64 = div(%5, %7)
              %10: i64 = mul(%8, 8:i64)
              %11: i64 = sub(%2, %10)
              %13: i64 = min(%11, 8:i64)
              %14: i64 = rem(%5, %7)
              %15: i64 = rem(%14, %13)
              %16: i64 = add(%10, %15)
              %17: i64 = div(%14, %13)
              print %16 "i"
              print %17 "j"
            """);
  }

  // ---- reductions, scans, order

  @Test
  void sum_ofNarrowIntegers_countsInI32() {
    recordsOfVector(
        I8,
        x -> x.sum(0),
        "%2: i32[8] = cast(i32, %1)\n%3: i32 = reduce sum %2 axis 0\nprint %3 \"r\"");
  }

  @Test
  void argmax_takesTheFirstOfEquals() {
    records(
        x -> x.argmax(1),
        """
        %5: f32[4] = reduce max %4 axis 1
        %6: f32[4x1] = unsqueeze(1, %5)
        %7: f32[4x8] = broadcast(4x8, %6)
        %8: bool[4x8] = eq(%4, %7)
        %9: i64[8] = iota(8)
        %10: i32[8] = cast(i32, %9)
        %11: i32[4x8] = broadcast(4x8, %10)
        %13: i32[4x8] = select(%8, %11, 8:i32)
        %14: i32[4] = reduce min %13 axis 1
        %16: bool[4] = lt(%14, 8:i32)
        %18: i32[4] = select(%16, %14, 0:i32)
        %19: i64[4] = cast(i64, %18)
        print %19 "r"
        """);
  }

  @Test
  void argmin_ofIntegers_comparesOnly() {
    recordsOfVector(
        I32,
        x -> x.argmin(0),
        """
        %2: i32 = reduce min %1 axis 0
        %3: i32[1] = unsqueeze(0, %2)
        %4: i32[8] = broadcast(8, %3)
        %5: bool[8] = eq(%1, %4)
        %6: i64[8] = iota(8)
        %7: i32[8] = cast(i32, %6)
        %8: i32[8] = broadcast(8, %7)
        %10: i32[8] = select(%5, %8, 8:i32)
        %11: i32 = reduce min %10 axis 0
        %12: i64 = cast(i64, %11)
        print %12 "r"
        """);
  }

  @Test
  void folds_withOwnCombiner() {
    recordsOfVector(
        I32,
        x -> x.xorSum(0),
        "%5: i32 = fold reduce axis 0 (%2: i32) (%3: i32) -> xor(%2, %3) of %1\nprint %5 \"r\"");
    recordsOfVector(
        F32,
        x -> x.reduce(0, (a, b) -> a.mul(b).add(1)),
        "%7: f32 = fold reduce axis 0 (%2: f32) (%3: f32) -> add(mul(%2, %3), 1.0:f32) of %1\n"
            + "print %7 \"r\"");
    recordsOfVector(
        F32,
        x -> x.scan(0, Direction.REVERSE, (a, b) -> a.max(b)),
        "%5: f32[8] = fold scan axis 0 reverse (%2: f32) (%3: f32) -> max(%2, %3) of %1\n"
            + "print %5 \"r\"");
    recordsOfVector(
        F32,
        x -> x.cumsum(0),
        "%5: f32[8] = fold scan axis 0 (%2: f32) (%3: f32) -> add(%2, %3) of %1\nprint %5 \"r\"");
    recordsOfVector(
        F32,
        x -> x.cumprod(0),
        "%5: f32[8] = fold scan axis 0 (%2: f32) (%3: f32) -> mul(%2, %3) of %1\nprint %5 \"r\"");
  }

  @Test
  void fold_ofTwoTiles_givesTwo() {
    assertThat(
            text(k -> {
              var x = k.full(F32, 1, 8);
              var all =
                  k.reduce(
                      List.of(x, x.mul(x)),
                      0,
                      (a, b) -> List.of(a.get(0).add(b.get(0)), a.get(1).max(b.get(1))));
              k.print("r", all.get(0).add(all.get(1)));
            }))
        .contains(
            "f32, %9: f32 = fold reduce axis 0 (%2: f32, %3: f32) (%4: f32, %5: f32) -> add(%2,"
                + " %4), max(%3, %5) of %0, %1");
  }

  @Test
  void masks_reduceToMasks() {
    assertThat(
            text(k -> {
              var m = k.arange(8).lt(3);
              k.when(m.any(), () -> k.print("any", m));
              k.deviceAssert(m.all(), "all");
            }))
        .contains("bool = fold reduce axis 0 (%3: bool) (%4: bool) -> or(%3, %4) of %2")
        .contains("-> and(")
        .contains("  when %6\n    print %2 \"any\"\n");
  }

  @Test
  void moments_foldMeanAndVarianceAtOnce() {
    assertThat(text(k -> k.print("r", k.full(F32, 1, 8).moments(0).variance())))
        .contains("f32, %24: f32, %25: f32 = fold reduce axis 0 (")
        .contains(" of %0, %2, %1\n");
  }

  @Test
  void sortAndTopk_record() {
    records(x -> x.sort(1), "%5: f32[4x8] = sort %4 axis 1\nprint %5 \"r\"");
    records(
        x -> x.topk(2),
        """
        %5: f32[4x8] = sort %4 axis 1 descending
        %6: f32[4x2] = slice(1, 0, 2, %5)
        print %6 "r"
        """);
  }

  @Test
  void sortWithIndex_packsValueAndPosition() {
    assertThat(
            text(
                k -> k.print("r", k.full(F16, 1, 8).sortWithIndex(0, Direction.FORWARD).indices())))
        .contains("bitcast(i32, %")
        .contains("shl(%")
        .contains("sort %");
  }

  @Test
  void histogramAndGather_record() {
    recordsOfVector(
        I32, x -> x.histogram(16), "%2: i32[16] = histogram %1 bins 16\nprint %2 \"r\"");
    recordsOfVector(
        I32, x -> x.gather(x, 0), "%2: i32[8] = gather %1 at cast(i64, %1) axis 0\nprint %2 \"r\"");
  }

  // ---- products

  @Test
  void dot_batchedAndInF32_isOneProduct() {
    assertThat(
            text(k -> {
              var a = k.zeros(F32, 2, 4, 8);
              k.print("r", k.dot(a, a.permute(0, 2, 1), k.zeros(F32, 2, 4, 4)));
            }))
        .contains("f32[2x4x4] = dot %0 %1 acc %2");
  }

  @Test
  void dot_ofBytes_countsInI32() {
    assertThat(
            text(
                k -> k.print("r", k.dot(k.zeros(I8, 4, 8), k.zeros(U8, 8, 4), k.zeros(I32, 4, 4)))))
        .contains("i32[4x4] = dot %0 %1 acc %2");
  }

  @Test
  void dot_inThreeParts_addsTheSmallProductsFirst() {
    assertThat(
            text(k -> {
              var a = k.full(F32, 1, 4, 4);
              k.print("r", k.dot(a, a, k.zeros(F32, 4, 4), Precision.BF16X3));
            }))
        .endsWith(
            """
              %2: bf16[4x4] = cast(bf16, %0)
              %3: bf16[4x4] = cast(bf16, %0)
              %4: f32[4x4] = cast(f32, %2)
              %5: f32[4x4] = sub(%0, %4)
              %6: bf16[4x4] = cast(bf16, %5)
              %7: f32[4x4] = cast(f32, %3)
              %8: f32[4x4] = sub(%0, %7)
              %9: bf16[4x4] = cast(bf16, %8)
              %10: f32[4x4] = dot %6 %3 acc %1
              %11: f32[4x4] = dot %2 %9 acc %10
              %12: f32[4x4] = dot %2 %3 acc %11
              print %12 "r"
            """);
  }

  @Test
  void dotScaled_ofPlainFp8_hasScalesOfOne() {
    assertThat(
            text(k -> {
              var w = k.in("w", BlockFormat.MXFP4, 2);
              var b = w.block(16, 64).at(k.scalar(0), k.scalar(0)).load();
              k.print("r", k.dotScaled(k.zeros(FP8_E4M3, 16, 64), b.t(), k.zeros(F32, 16, 16)));
            }))
        .contains("e8m0[16x2] = broadcast(16x2, 1.0:e8m0)")
        .contains("block 32 acc");
  }

  @Test
  void dotScaled_ofNvfp4_hasBlocksOf16AndATensorScale() {
    assertThat(
            text(k -> {
              var x = k.in("x", BlockFormat.NVFP4, 2);
              var a = x.block(16, 32).at(k.scalar(0), k.scalar(0)).load();
              var sum = k.dotScaled(a, a.t(), k.zeros(F32, 16, 16));
              k.print("r", sum.mul(x.tensorScale()));
            }))
        .contains("load x.scales[")
        .contains(" block 16 acc ")
        .contains("f32 = scalar(x.tensor_scale, f32)");
  }

  // ---- arrays

  @Test
  void load_atLoadedIndices_isAGather() {
    assertThat(
            text(k -> {
              var index = k.in("index", I32, 1);
              var x = k.in("x", F32, 1);
              k.print("r", x.at(index.at(k.arange(8)).load()).load());
            }))
        .contains("%2: f32[8] = load x[cast(i64, %1)]");
  }

  @Test
  void load_otherTile_selects() {
    assertThat(
            text(k -> {
              var x = k.in("x", F32, 1);
              var i = k.arange(8);
              k.print("r", x.at(i).load(i.lt(3), i.to(F32)));
            }))
        .contains("f32[8] = load x[%0] mask %2 other 0.0")
        .contains("select(%2, %");
  }

  @Test
  void windowGather_takesRows() {
    assertThat(
            text(k -> {
              var rows = k.in("rows", I32, 1).at(k.arange(4)).load();
              var x = k.in("x", F32, 2);
              k.print("r", x.block(1, 8).gather(rows, k.scalar(16)).load());
            }))
        .contains("f32[4x8] = load x[cast(i64, %3), %6] mask");
  }

  @Test
  void descriptor_reversedRows_isOneIndexIntoTheVector() {
    assertThat(
            text(k -> {
              var x = k.in("x", F32, 1);
              var n = k.i64("n");
              var matrix = x.descriptor(n, n).strides(n.neg(), k.scalar(1)).offset(n.mul(n).sub(n));
              k.print("r", matrix.at(k.arange(4).col(), k.arange(4).row()).load());
              k.print("s", matrix.block(new int[] {4, 4}, k.scalar(0), k.scalar(0)).load());
            }))
        .contains("f32[4x4] = load x[%")
        .contains(" mask %");
  }

  @Test
  void atomics_recordWhatWasThere() {
    assertThat(
            text(k -> {
              var x = k.inOut("x", I32, 1);
              var i = k.arange(4);
              var one = k.full(I32, 1);
              x.at(i).atomicAdd(one);
              x.at(i).atomicAnd(one);
              x.at(i).atomicOr(one);
              x.at(i).atomicXor(one);
              x.at(i).atomicMin(one);
              x.at(i).atomicMax(one, i.lt(2));
              k.print("old", x.at(i).atomicXchg(7));
              x.at(i).atomicCas(0, 1);
            }))
        .contains("i32[4] = atomic add x[%0] broadcast(4, %1)")
        .contains("i32[4] = atomic and x")
        .contains("i32[4] = atomic or x")
        .contains("i32[4] = atomic xor x")
        .contains("i32[4] = atomic min x")
        .contains("i32[4] = atomic max x[%0] broadcast(4, %1) mask %")
        .contains("i32[4] = atomic xchg x[%0] broadcast(4, 7:i32)")
        .contains("i32[4] = atomic cas x[%0] broadcast(4, 1:i32) compare broadcast(4, 0:i32)");
  }

  // ---- random numbers

  @Test
  void random_isTritonsStream() {
    assertThat(text(k -> k.print("r", k.rand(42, k.arange(4)))))
        .endsWith(
            """
              %2: i32[4] = philox(0, 42:i64, %0)
              %4: bool[4] = lt(%2, 0:i32)
              %6: i32[4] = xor(%2, -1:i32)
              %7: i32[4] = select(%4, %6, %2)
              %8: f32[4] = cast(f32, %7)
              %10: f32[4] = mul(%8, 4.6566126E-10:f32)
              print %10 "r"
            """);
    assertThat(text(k -> k.print("r", k.randint4x(k.i64("seed"), k.arange(4)).d())))
        .contains("philox(3, %0, %1)");
    assertThat(text(k -> k.print("r", k.randn(1, k.arange(4))))).contains("cos(").contains("log(");
    assertThat(text(k -> k.print("r", k.randn4x(k.scalar(1), k.arange(4)).b()))).contains("sin(");
    assertThat(text(k -> k.print("r", k.rand4x(k.scalar(1), k.arange(4)).c())))
        .contains("philox(2, 1:i64, %1)");
  }

  // ---- control flow and debugging

  @Test
  void unroll_splitsTheLoop() {
    assertThat(text(k -> k.range(0, k.i64("n")).stages(3).unroll(2).each(i -> k.print("i", i))))
        .endsWith(
            """
              range %15 from 0:i64 to %12 step %14 stages 3
                print %15 "i"
                %17: i64 = mul(1:i64, 1:i64)
                %18: i64 = add(%15, %17)
                print %18 "i"
              range %19 from %12 to %0 step 1:i64 stages 3
                print %19 "i"
            """);
  }

  @Test
  void whileLoop_recordsConditionAndBodyOnce() {
    assertThat(
            text(k -> {
              var n = k.var(k.i64("n"));
              k.loopWhile(() -> n.get().gt(1), () -> n.set(n.get().div(2)));
            }))
        .isEqualTo(
            """
              %0: i64 = scalar(n, i64)
              %1: i64 = var %0
              while
                %2: i64 = get %1
                %4: bool = gt(%2, 1:i64)
              do %4
                %5: i64 = get %1
                %7: i64 = div(%5, 2:i64)
                set %1 %7
            """);
  }

  @Test
  void debugging_records() {
    assertThat(
            text(k -> {
              var i = k.arange(4);
              k.print("mask", i.lt(2));
              k.deviceAssert(i.ge(0), "no \"negative\" index");
              k.assume(i.lt(4));
              var j = k.i64("n").assumeMultipleOf(16);
              k.print("e", i.to(F32).expectZero(j.gt(3)));
            }))
        .contains("print %2 \"mask\"")
        .contains("assert %4 \"no \\\"negative\\\" index\"")
        .contains("assume %6")
        .contains("rem(%7, 16:i64)");
  }

  @Test
  void assumeMultipleOf_letsBlocksStartThere() {
    assertThat(
            text(k -> {
              var x = k.in("x", BlockFormat.MXFP4, 1);
              var start = k.i64("n").assumeMultipleOf(64);
              k.print("r", x.block(32).at(start).load().elements());
            }))
        .contains("load x.scales[");
  }
}
