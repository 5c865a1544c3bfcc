package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Overflow;
import maia.numerics.Philox;
import maia.numerics.Rounding;
import org.junit.jupiter.api.Test;

/// What folds, sorts, picks, gathers, atomics and the like compute, and what is refused.
class IrregularTest {
  private static RunRecord run(String text, HostArray... arrays) {
    return Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(List.of(arrays)));
  }

  private static NplException refused(String text, HostArray... arrays) {
    var e = catchThrowableOfType(NplException.class, () -> run(text, arrays));
    assertThat(e).isNotNull();
    return e;
  }

  /// Loads x (3x5), executes `middle` on the vector processor, stores `r`.
  private static String program(DType in, DType out, String shape, String... middle) {
    int rank = shape.split(", ").length;
    String box = "0 +: " + String.join(", 0 +: ", shape.split(", "));
    return """
    program p one_tile
      array x: %1$s[3, 5] in
      array y: %2$s[%3$s] out
      buffer a: %1$s[3, 5] tsram x1
      buffer r: %2$s[%3$s] tsram x1
      buffer i: i32[3, 1] tsram x1
      buffer o: f32[3] tsram x1
      semaphore s[2] tile initial 0 maximum 9
      queue tile_dma 0
        copy x[0 +: 3, 0 +: 5] -> a[0]
        signal s[0]
      queue tvp
        wait s[0]
        %4$s
        signal s[1]
      queue tile_dma 1
        wait s[1]
        copy r[0] -> y[%5$s]
    """
        .formatted(in.label(), out.label(), shape, String.join("\n    ", middle), box, rank);
  }

  private static float[] mapped(float[] x, DType in, DType out, String shape, String... middle) {
    long[] sizes = Arrays.stream(shape.split(", ")).mapToLong(Long::parseLong).toArray();
    var y = HostArray.zeros(out, sizes);
    run(program(in, out, shape, middle), HostArray.of(x, in, 3, 5), y);
    return y.toFloats();
  }

  private static final float[] X = Gemm.random(15, 7);

  @Test
  void fold_ofProducts_goesInOrder() {
    float[] y =
        mapped(
            X,
            DType.F32,
            DType.F32,
            "3",
            "fold r[0] = reduce (a[0]) by ((left(0, f32) * right(0, f32))) over [3, 5] axis 1");
    for (int row = 0; row < 3; row++) {
      float product = X[row * 5];
      for (int k = 1; k < 5; k++) {
        product *= X[row * 5 + k];
      }
      assertThat(y[row]).isEqualTo(product);
    }
  }

  @Test
  void fold_scanAlongColumnsInReverse_accumulatesFromTheEnd() {
    float[] y =
        mapped(
            X,
            DType.F32,
            DType.F32,
            "3, 5",
            "fold r[0] = scan (a[0]) by ((left(0, f32) + right(0, f32))) over [3, 5] axis 0"
                + " reverse");
    for (int k = 0; k < 5; k++) {
      float sum = X[10 + k];
      assertThat(y[10 + k]).isEqualTo(sum);
      for (int row = 1; row >= 0; row--) {
        sum += X[row * 5 + k];
        assertThat(y[row * 5 + k]).isEqualTo(sum);
      }
    }
  }

  @Test
  void fold_ofTwoValues_findsTheLeftmostLargest() {
    float[] x = {1, 7, 7, 0, 2, 5, 1, 5, 5, 5, -3, -2, -1, -9, -1};
    float[] y =
        mapped(
            x,
            DType.F32,
            DType.I32,
            "3",
            "fold o[0], r[0] = reduce (a[0], cast(i32, iota(1))) by"
                + " (select((right(0, f32) > left(0, f32)), right(0, f32), left(0, f32)),"
                + " select((right(0, f32) > left(0, f32)), right(1, i32), left(1, i32)))"
                + " over [3, 5] axis 1");
    assertThat(y).containsExactly(1, 0, 2);
  }

  @Test
  void sort_descending_putsNanFirstAndZeroBeforeMinusZero() {
    float[] x = {
      1, Float.NaN, -0f, 0, -5, 3, 2, 1, 0, -1, Float.NEGATIVE_INFINITY, 1, 1, Float.NaN, 2
    };
    float[] y =
        mapped(x, DType.F32, DType.F32, "3, 5", "sort r[0] = a[0] over [3, 5] axis 1 descending");
    assertThat(y)
        .containsExactly(
            Float.NaN, 1, 0, -0f, -5, 3, 2, 1, 0, -1, Float.NaN, 2, 1, 1, Float.NEGATIVE_INFINITY);
  }

  @Test
  void sort_alongColumns_sortsEachColumn() {
    float[] y = mapped(X, DType.F32, DType.F32, "3, 5", "sort r[0] = a[0] over [3, 5] axis 0");
    for (int k = 0; k < 5; k++) {
      float[] column = {X[k], X[5 + k], X[10 + k]};
      Arrays.sort(column);
      assertThat(new float[] {y[k], y[5 + k], y[10 + k]}).isEqualTo(column);
    }
  }

  @Test
  void histogram_countsWhatTheMaskAllows() {
    float[] x = {0, 1, 1, 3, 3, 3, 99, 0, 2, 1, 1, 1, 1, -4, 3};
    float[] y =
        mapped(
            x,
            DType.I32,
            DType.I32,
            "4",
            "histogram r[0] = a[0] over [3, 5] mask ((a[0] >= cast(i32, index(0))) &"
                + " (a[0] < cast(i32, index(4))))");
    assertThat(y).containsExactly(2, 6, 1, 4);
  }

  @Test
  void histogram_ofANumberWithoutABin_namesTheLane() {
    float[] x = {0, 1, 1, 3, 3, 3, 4, 0, 2, 1, 1, 1, 1, 0, 3};
    String text = program(DType.I32, DType.I32, "4", "histogram r[0] = a[0] over [3, 5]  @ k:9");
    assertThat(refused(text, HostArray.of(x, DType.I32, 3, 5), HostArray.zeros(DType.I32, 4)))
        .hasMessage(
            "histogram 3x5 -> r: lane [1, 1] counts 4, there are 4 bins; mask it or use more bins;"
                + " program 0 [N201] [k:9]");
  }

  @Test
  void pick_reversedRows_readsThem() {
    float[] y =
        mapped(
            X,
            DType.F32,
            DType.F32,
            "3, 5",
            "map r[0] = pick(a[0], (index(2) - iota(0)), ((iota(1) * index(2)) % index(5)))");
    for (int i = 0; i < 15; i++) {
      assertThat(y[i]).isEqualTo(X[(2 - i / 5) * 5 + i % 5 * 2 % 5]);
    }
  }

  @Test
  void pick_outsideTheBox_namesLaneElementAndLine() {
    String text =
        program(DType.F32, DType.F32, "3, 5", "map r[0] = pick(a[0], iota(1), iota(0))  @ k:4");
    assertThat(refused(text, HostArray.of(X, DType.F32, 3, 5), HostArray.zeros(DType.F32, 3, 5)))
        .hasMessage(
            "map r 3x5: lane [0, 3] reads element [3, 0] of 'a' slot 0 [3, 5]; keep indices inside;"
                + " program 0 [N201] [k:4]");
  }

  @Test
  void cast_towardZeroWithoutSaturation_followsItsRules() {
    float[] x = X.clone();
    x[0] = 1e9f;
    x[1] = 1.99f;
    x[2] = -1e-30f;
    float[] y =
        mapped(
            x,
            DType.F32,
            DType.F16,
            "3, 5",
            "map r[0] = cast(f16, toward_zero, non_saturate, a[0])");
    Codec codec = Codec.of(DType.F16);
    for (int i = 0; i < 15; i++) {
      int code = codec.encode(x[i], Rounding.TOWARD_ZERO, Overflow.NON_SATURATE);
      assertThat(y[i]).isEqualTo(codec.decode(code));
    }
  }

  @Test
  void cast_stochastic_drawsByElement() {
    float[] y =
        mapped(
            X,
            DType.F32,
            DType.BF16,
            "3, 5",
            "map r[0] = cast(bf16, stochastic 5, saturate, a[0])");
    Codec codec = Codec.of(DType.BF16);
    for (int i = 0; i < 15; i++) {
      int code = codec.encode(X[i], Rounding.stochastic(5), Overflow.SATURATE, i);
      assertThat(y[i]).isEqualTo(codec.decode(code));
    }
  }

  @Test
  void bitcast_ofFloats_givesTheirBitsAndBack() {
    float[] y =
        mapped(
            X,
            DType.F32,
            DType.F32,
            "3, 5",
            "map r[0] = bitcast(i32, f32, (bitcast(f32, i32, a[0]) ^ cast(i32, index(-2147483648))))");
    for (int i = 0; i < 15; i++) {
      assertThat(y[i]).isEqualTo(-X[i]);
    }
  }

  @Test
  void philox_ofA32BitOffset_isTheStreamOfItsBits() {
    float[] x = new float[15];
    for (int i = 0; i < 15; i++) {
      x[i] = i - 3;
    }
    var y = HostArray.zeros(DType.I32, 3, 5);
    run(
        program(DType.I32, DType.I32, "3, 5", "map r[0] = philox(index(77), a[0], 2)"),
        HostArray.of(x, DType.I32, 3, 5),
        y);
    for (int i = 0; i < 15; i++) {
      int word = Philox.next(77, Integer.toUnsignedLong(i - 3), 2);
      assertThat(Integers.get(DType.I32, y.segment(), i)).isEqualTo(word);
    }
  }

  @Test
  void shifts_of32BitIntegers_workInTheirWidth() {
    float[] x = {-8, 1, 3, 1 << 20, -1, 0, 5, 7, -100, 9, 2, 2, 2, 2, 2};
    String shifted = "map r[0] = shl(ushr(a[0], cast(i32, index(1))), cast(i32, index(3)))";
    float[] y = mapped(x, DType.I32, DType.I32, "3, 5", shifted);
    for (int i = 0; i < 15; i++) {
      assertThat(y[i]).isEqualTo((float) (((int) x[i] >>> 1) << 3));
    }
    float[] high =
        mapped(
            x,
            DType.I32,
            DType.I32,
            "3, 5",
            "map r[0] = umulhi(a[0], cast(i32, index(1000000007)))");
    for (int i = 0; i < 15; i++) {
      long product = Integer.toUnsignedLong((int) x[i]) * 1000000007L;
      assertThat(high[i]).isEqualTo((float) (int) (product >>> 32));
    }
  }

  @Test
  void shift_beyondTheWidth_isRefused() {
    String text =
        program(DType.I32, DType.I32, "3, 5", "map r[0] = shl(a[0], cast(i32, index(32)))  @ k:4");
    assertThat(refused(text, HostArray.of(X, DType.I32, 3, 5), HostArray.zeros(DType.I32, 3, 5)))
        .hasMessage("map r 3x5: shift by 32 of a 32-bit integer; cast to i64 first [N103] [k:4]");
  }

  @Test
  void division_byZero_namesTheGuard() {
    String text =
        program(DType.I32, DType.I32, "3, 5", "map r[0] = (cast(i32, index(1)) / a[0])  @ k:4");
    assertThat(
            refused(
                text,
                HostArray.of(new float[15], DType.I32, 3, 5),
                HostArray.zeros(DType.I32, 3, 5)))
        .hasMessage(
            "map r 3x5: division by zero; guard the divisor with where(...) or max(1) [N103]"
                + " [k:4]");
  }

  @Test
  void conversions_thatLoseNumbers_areCountedByLine() {
    float[] x = X.clone();
    x[3] = 1e6f;
    x[4] = Float.NaN;
    var y = HostArray.zeros(DType.FP8_E4M3, 3, 5);
    RunRecord run =
        run(
            program(DType.F32, DType.FP8_E4M3, "3, 5", "map r[0] = a[0]  @ k:6"),
            HostArray.of(x, DType.F32, 3, 5),
            y);
    assertThat(run.conversions())
        .extracting(Conversion::toString)
        .containsExactly(
            "map r 3x5 at k:6: to fp8_e4m3, 1 of 15 elements saturated, 0 became NaN, 1 were NaN");
  }

  @Test
  void print_showsTheFirstValuesWithTheProgram() {
    RunRecord run =
        run(
            program(
                DType.F32,
                DType.F32,
                "3, 5",
                "print \"twice\" (a[0] + a[0]) over [3, 5]",
                "map r[0] = a[0]"),
            HostArray.of(new float[15], DType.F32, 3, 5),
            HostArray.zeros(DType.F32, 3, 5));
    assertThat(run.prints()).hasSize(1);
    assertThat(run.prints().getFirst().toString()).startsWith("program 0: twice 3x5 = [0.0, 0.0,");
  }

  @Test
  void assertion_thatFails_namesProgramLaneAndLine() {
    String text =
        program(
            DType.F32,
            DType.F32,
            "3, 5",
            "assert (a[0] < 5.0) over [3, 5] \"small\"  @ k:8",
            "map r[0] = a[0]");
    float[] x = new float[15];
    x[7] = 6;
    NplException e =
        refused(text, HostArray.of(x, DType.F32, 3, 5), HostArray.zeros(DType.F32, 3, 5));
    assertThat(e.category()).isEqualTo(Category.ASSERTION);
    assertThat(e)
        .hasMessage(
            "assert: small: the condition does not hold in program 0 at lane [1, 2] [N207] [k:8]");
  }

  // ---- DMA by index

  private static final String EMBED =
      """
      program embed one_tile
        array ids: i32[4] in
        array table: f32[6, 8] in
        array y: f32[4, 8] out
        buffer i: i32[4, 1] tsram x1
        buffer m: bool[4, 1] tsram x1
        buffer r: f32[4, 8] tsram x1
        semaphore s[3] tile initial 0 maximum 9
        queue tile_dma 0
          copy ids[0 +: 4 along 0] -> i[0]
          signal s[0]
          wait s[1]
          gather table[index i[0], 0 +: 8 along 1]%s -> r[0] fill -1.0  @ k:5
          copy r[0] -> y[0 +: 4, 0 +: 8]
        queue tvp
          wait s[0]
          map m[0] = (i[0] >= cast(i32, index(0)))
          signal s[1]
      """;

  @Test
  void gather_ofRows_readsThemAndPaysOneDescriptorEach() {
    float[] table = Gemm.random(48, 1);
    var y = HostArray.zeros(DType.F32, 4, 8);
    RunRecord run =
        run(
            EMBED.formatted(" mask m[0]"),
            HostArray.of(new float[] {5, 0, -1, 5}, DType.I32, 4),
            HostArray.of(table, DType.F32, 6, 8),
            y);
    float[] expected = new float[32];
    Arrays.fill(expected, 16, 24, -1);
    System.arraycopy(table, 40, expected, 0, 8);
    System.arraycopy(table, 0, expected, 8, 8);
    System.arraycopy(table, 40, expected, 24, 8);
    assertThat(y.toFloats()).containsExactly(expected);
    assertThat(run.counters().gathers()).isEqualTo(1);
    assertThat(run.counters().gatheredElements()).isEqualTo(24);
    assertThat(run.counters().copies()).isEqualTo(2);
    assertThat(run.counters().descriptors()).isEqualTo(5);
    assertThat(run.counters().hbmReadBytes()).isEqualTo(64 + 3 * 64);
  }

  @Test
  void gather_outsideTheArray_namesArrayProgramLaneIndexAndLine() {
    NplException e =
        refused(
            EMBED.formatted(""),
            HostArray.of(new float[] {5, 0, 6, 5}, DType.I32, 4),
            HostArray.of(new float[48], DType.F32, 6, 8),
            HostArray.zeros(DType.F32, 4, 8));
    assertThat(e.category()).isEqualTo(Category.OUT_OF_BOUNDS);
    assertThat(e)
        .hasMessage(
            "gather table -> r: lane [2, 0] has index 6 in dimension 0 of 'table' [6, 8] (no mask);"
                + " keep indices inside or mask them off; program 0 [N201] [k:5]");
  }

  @Test
  void gather_beforeItsIndicesAreThere_isAnUninitialisedRead() {
    String text = EMBED.formatted("").replace("    copy ids[0 +: 4 along 0] -> i[0]\n", "");
    text =
        text.replace(
            "          wait s[0]\n          map m[0] = (i[0] >= cast(i32, index(0)))\n", "");
    NplException e =
        refused(
            text.replace("map m[0] = (i[0] >= cast(i32, index(0)))", "map m[0] = (1.0 > 0.0)"),
            HostArray.of(new float[4], DType.I32, 4),
            HostArray.of(new float[48], DType.F32, 6, 8),
            HostArray.zeros(DType.F32, 4, 8));
    assertThat(e.category()).isEqualTo(Category.UNINITIALISED_READ);
  }

  @Test
  void scatter_toOnePlaceTwice_keepsTheLast() {
    var y = HostArray.of(new float[] {9, 9, 9, 9, 9}, DType.F32, 5);
    run(
        """
        program p one_tile
          array ids: i32[3] in
          array x: f32[3] in
          array y: f32[5] in_out
          buffer i: i32[3] tsram x1
          buffer v: f32[3] tsram x1
          queue tile_dma 0
            copy ids[0 +: 3] -> i[0]
            copy x[0 +: 3] -> v[0]
            scatter v[0] -> y[index i[0]]
        """,
        HostArray.of(new float[] {1, 4, 1}, DType.I32, 3),
        HostArray.of(new float[] {10, 20, 30}, DType.F32, 3),
        y);
    assertThat(y.toFloats()).containsExactly(9, 30, 9, 9, 20);
  }

  // ---- atomics

  private static final String COUNT =
      """
      program count every_tile
        array y: i32[1] in_out
        buffer one: i32[1, 1] tsram x1
        semaphore s[2] tile initial 0 maximum 9
        queue tvp
          repeat %program = %tile .. %programs step %tiles
            map one[0] = cast(i32, index(%program + 1))
            signal s[0]
            wait s[1]
        queue tile_dma 0
          repeat %program = %tile .. %programs step %tiles
            wait s[0]
            atomic add y[0] by one[0]
            signal s[1]
      """;

  @Test
  void atomicAdd_ofManyPrograms_isNoRaceAndLosesNothing() {
    var y = HostArray.zeros(DType.I32, 1);
    RunRecord run =
        Simulator.on(Chip.TOY)
            .run(
                Npl.parse(COUNT),
                new Launch(List.of(y), List.of(), List.of(40), Options.defaults()));
    assertThat(y.toFloats()).containsExactly(40 * 41 / 2);
    assertThat(run.counters().atomics()).isEqualTo(40);
  }

  /// Programs add their number to a cell that a lock protects.
  private static String locked(boolean takesLock) {
    String text =
        """
        program locked every_tile
          array lock: i32[1] in_out
          array y: f32[1] in_out
          buffer free: i32[1, 1] tsram x1
          buffer taken: i32[1, 1] tsram x1
          buffer old: i32[1, 1] tsram x1
          buffer v: f32[1, 1] tsram x1
          semaphore s[3] tile initial 0 maximum 9
          queue tvp
            map free[0] = cast(i32, index(0))
            map taken[0] = cast(i32, index(1))
            signal s[0]
            repeat %program = %tile .. %programs step %tiles
              wait s[1]
              map v[0] = (v[0] + cast(f32, index(%program)))
              signal s[2]
          queue tile_dma 0
            wait s[0]
            repeat %program = %tile .. %programs step %tiles
        """;
    String take =
        """
              loop
                atomic cas lock[0] by taken[0] compare free[0] old old[0]
                load %busy = old[0]
              while %busy
        """;
    String rest =
        """
              copy y[0] -> v[0]
              signal s[1]
              wait s[2]
              copy v[0] -> y[0]
        """;
    String give =
        """
              atomic xchg lock[0] by free[0]
        """;
    return takesLock ? text + take + rest + give : text + rest;
  }

  private static Launch programs(int count, HostArray... arrays) {
    return new Launch(List.of(arrays), List.of(), List.of(count), Options.defaults());
  }

  @Test
  void lock_ofAtomics_ordersWhatItProtects() {
    var y = HostArray.zeros(DType.F32, 1);
    Simulator.on(Chip.TOY)
        .run(Npl.parse(locked(true)), programs(9, HostArray.zeros(DType.I32, 1), y));
    assertThat(y.toFloats()).containsExactly(36);
  }

  @Test
  void lock_thatIsNotTaken_leavesARaceBetweenPrograms() {
    String text = locked(false).replace("  array lock: i32[1] in_out\n", "");
    var e =
        catchThrowableOfType(
            NplException.class,
            () ->
                Simulator.on(Chip.TOY)
                    .run(Npl.parse(text), programs(9, HostArray.zeros(DType.F32, 1))));
    assertThat(e.category()).isEqualTo(Category.RACE);
    assertThat(e).hasMessageContaining("race on 'y' element [0] by programs");
  }

  // ---- control from data

  @Test
  void whileLoop_onLoadedData_computesCollatz() {
    var y = HostArray.zeros(DType.I32, 1);
    run(
        """
        program collatz one_tile
          array n: i32[1] in
          array y: i32[1] out
          buffer v: i32[1] tsram x1
          buffer r: i32[1] tsram x1
          semaphore s[2] tile initial 0 maximum 9
          queue tile_dma 0
            copy n[0 +: 1] -> v[0]
            signal s[0]
            wait s[1]
            copy r[0] -> y[0 +: 1]
          queue tvp
            wait s[0]
            load %v = v[0]
            set %steps = 0
            loop
            while %v >= 2
              when (%v % 2) == 0
                set %v = %v / 2
              else
                set %v = (%v * 3) + 1
              set %steps = %steps + 1
            map r[0] = cast(i32, index(%steps))
            signal s[1]
        """,
        HostArray.of(new float[] {27}, DType.I32, 1), y);
    assertThat(y.toFloats()).containsExactly(111);
  }

  @Test
  void repeat_downwards_runsWhileAboveTheEnd() {
    var y = HostArray.zeros(DType.I32, 1);
    run(
        """
        program down one_tile
          array y: i32[1] out
          buffer r: i32[1] tsram x1
          semaphore s[1] tile initial 0 maximum 9
          queue tile_dma 0
            wait s[0]
            copy r[0] -> y[0 +: 1]
          queue tvp
            set %sum = 0
            repeat %i = 10 .. 1 step -3
              set %sum = (%sum * 100) + %i
            map r[0] = cast(i32, index(%sum))
            signal s[0]
        """,
        y);
    assertThat(y.toFloats()).containsExactly(100704);
  }

  @Test
  void load_inATimingOnlyRun_isRefused() {
    String text = locked(true);
    var e =
        catchThrowableOfType(
            NplException.class,
            () ->
                Simulator.on(Chip.TOY)
                    .run(
                        Npl.parse(text),
                        programs(2, HostArray.zeros(DType.I32, 1), HostArray.zeros(DType.F32, 1))
                            .with(Options.timingOnly())));
    assertThat(e).hasMessageContaining("a timing-only run does not know data; run with values");
  }
}
