package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import maia.kernel.library.Cumsum;
import maia.kernel.library.Embedding;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.kernel.library.PagedAttention;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernels whose addresses depend on data, against plain arithmetic.
class PagedTest {
  /// Weights and results round to BF16 (2^-9 relative each) on values of size 2; binary32
  /// elsewhere.
  private static final double TOLERANCE = 0.02;

  private static final int D = 16;
  private static final int PAGE = 16;

  /// A sequence without keys, one key, a page, several pages with a ragged end.
  private static final long[] LENGTHS = {0, 1, 16, 71};

  /// Pages of each sequence, in no order.
  private static final long[] TABLE = {
    0, 0, 0, 0, 0,
    7, 0, 0, 0, 0,
    3, 0, 0, 0, 0,
    9, 1, 4, 8, 2
  };

  private static final int PAGES = 10;
  private static final int HEADS = 6;
  private static final int GROUP = 3;
  private static final Machine TOY = Chip.TOY;

  private static HostArray cache(long seed) {
    return Values.array(seed, BF16, PAGES, HEADS / GROUP, PAGE, D);
  }

  private static HostArray integers(long[] values, long... shape) {
    return HostArray.ofLongs(values, I32, shape);
  }

  private static PagedAttention.Problem problem() {
    return new PagedAttention.Problem(LENGTHS.length, HEADS, GROUP, D, PAGE, BF16);
  }

  private static double[] expected(HostArray q, HostArray keys, HostArray values) {
    float[] k = keys.toFloats();
    float[] v = values.toFloats();
    double[] out = new double[LENGTHS.length * HEADS * D];
    for (int row = 0; row < LENGTHS.length * HEADS; row++) {
      int sequence = row / HEADS;
      int shared = row % HEADS / GROUP;
      double total = 0;
      for (int p = 0; p < LENGTHS[sequence]; p++) {
        int page = (int) TABLE[sequence * 5 + p / PAGE];
        int at = ((page * (HEADS / GROUP) + shared) * PAGE + p % PAGE) * D;
        double s = 0;
        for (int c = 0; c < D; c++) {
          s += (double) q.toFloats()[row * D + c] * k[at + c];
        }
        double weight = StrictMath.exp(s / 4);
        total += weight;
        for (int c = 0; c < D; c++) {
          out[row * D + c] += weight * v[at + c];
        }
      }
      for (int c = 0; c < D && total > 0; c++) {
        out[row * D + c] /= total;
      }
    }
    return out;
  }

  @Test
  void decode_overPages_isCloseToDoublePrecision() {
    HostArray q = Values.array(1, BF16, LENGTHS.length, HEADS, D);
    HostArray o = HostArray.zeros(BF16, LENGTHS.length, HEADS, D);
    PagedAttention.decode(problem())
        .on(new OnSim(TOY))
        .run(q, cache(2), cache(3), integers(TABLE, 4, 5), integers(LENGTHS, 4), o, 0.25f);
    Close.all(o, expected(q, cache(2), cache(3)), TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void decode_splitAndMerged_isCloseToDoublePrecision(int splits) {
    HostArray q = Values.array(1, BF16, LENGTHS.length, HEADS, D);
    HostArray part = HostArray.zeros(F32, splits, LENGTHS.length, HEADS, D);
    HostArray lse = HostArray.zeros(F32, splits, LENGTHS.length, HEADS);
    HostArray o = HostArray.zeros(BF16, LENGTHS.length, HEADS, D);
    PagedAttention.split(problem(), splits)
        .on(new OnSim(TOY))
        .run(q, cache(2), cache(3), integers(TABLE, 4, 5), integers(LENGTHS, 4), part, lse, 0.25f);
    PagedAttention.merge(problem()).on(new OnSim(TOY)).run(part, lse, o);
    Close.all(o, expected(q, cache(2), cache(3)), TOLERANCE);
  }

  @Test
  void append_inPlace_writesTheSlotsAndNothingElse() {
    int heads = HEADS / GROUP;
    long[] slots = {37, -1, 0, 159};
    HostArray fresh = Values.array(4, BF16, slots.length, heads, D);
    HostArray cache = cache(2);
    float[] expected = cache.toFloats();
    for (int t = 0; t < slots.length; t++) {
      for (int i = 0; i < heads * D && slots[t] >= 0; i++) {
        int page = (int) slots[t] / PAGE;
        int at = ((page * heads + i / D) * PAGE + (int) slots[t] % PAGE) * D + i % D;
        expected[at] = fresh.toFloats()[t * heads * D + i];
      }
    }
    PagedAttention.append(problem(), slots.length)
        .on(new OnSim(TOY))
        .run(fresh, integers(slots, slots.length), cache);
    assertThat(cache.toFloats()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"F32, 40", "BF16, 100"})
  void embedding_raggedSizes_copiesRows(DType type, int n) {
    int tokens = 45;
    int rows = 30;
    HostArray table = Values.array(1, type, rows, n);
    long[] ids = new long[tokens];
    float[] expected = new float[tokens * n];
    for (int t = 0; t < tokens; t++) {
      ids[t] = t * 7 % rows;
      System.arraycopy(table.toFloats(), (int) ids[t] * n, expected, t * n, n);
    }
    HostArray out = HostArray.zeros(type, tokens, n);
    Embedding.over(tokens, n, type).on(new OnSim(TOY)).run(integers(ids, tokens), table, out);
    assertThat(out.toFloats()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"32, 100", "128, 77", "32, 1"})
  void cumsum_raggedColumns_addsInTheStatedOrder(int block, int n) {
    int m = 5;
    HostArray x = Values.array(1, F32, m, n);
    double[] expected = new double[m * n];
    for (int i = 0; i < m * n; i++) {
      expected[i] = (i % n == 0 ? 0 : expected[i - 1]) + x.toFloats()[i];
    }
    HostArray y = HostArray.zeros(F32, m, n);
    Cumsum.KERNEL
        .with("ROWS", 2)
        .with("BLOCK", block)
        .with("WHOLE", block >= n)
        .grid(3)
        .on(new OnSim(TOY))
        .run(x, y);
    Close.all(y, expected, 1e-5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void prefill_raggedBatch_equalsItsSequences(boolean isCausal) {
    long[] starts = {0, 20, 20, 53};
    int total = 53;
    See see = isCausal ? See.CAUSAL : See.ALL;
    HostArray q = Values.array(1, BF16, 2, total, D);
    HostArray k = Values.array(2, BF16, 1, total, D);
    HostArray v = Values.array(3, BF16, 1, total, D);
    HostArray o = HostArray.zeros(F32, 2, total, D);
    Kernel kernel =
        FlashAttention.KERNEL
            .with("OUT", F32)
            .with("GROUP", 2)
            .with("D", D)
            .with("SEE", see)
            .with("BM", 16)
            .with("BN", 16);
    kernel
        .with("RAGGED", true)
        .grid(3, 2, 3)
        .on(new OnSim(TOY))
        .run(q, k, v, integers(starts, 4), integers(starts, 4), o, 0.25f);
    for (int b = 0; b < 3; b++) {
      int from = (int) starts[b];
      int count = (int) starts[b + 1] - from;
      if (count > 0) {
        HostArray alone = HostArray.zeros(F32, 2, count, D);
        kernel
            .grid(Kernel.cdiv(count, 16), 2)
            .on(new OnSim(TOY))
            .run(part(q, from, count), part(k, from, count), part(v, from, count), alone, 0.25f);
        assertThat(part(o, from, count).toFloats()).isEqualTo(alone.toFloats());
      }
    }
  }

  @Test
  void prefill_raggedBatch_chosenBlocksCompile() {
    var p = new FlashAttention.Problem(8, 4, 300, 64, BF16);
    for (Machine machine : List.of(Chip.TOY, Chip.MAIA_200)) {
      KernelLaunch launch =
          FlashAttention.ragged(FlashAttention.KERNEL.with("SEE", See.CAUSAL), p, 3, machine);
      assertThat(Compiler.compile(launch.kernel().trace().func(), machine).program()).isNotNull();
    }
  }

  /// Positions `from` to below `from + count` of every head.
  private static HostArray part(HostArray array, int from, int count) {
    int heads = (int) array.shape()[0];
    int total = (int) array.shape()[1];
    float[] all = array.toFloats();
    float[] some = new float[heads * count * D];
    for (int h = 0; h < heads; h++) {
      float[] rows =
          Arrays.copyOfRange(all, (h * total + from) * D, (h * total + from + count) * D);
      System.arraycopy(rows, 0, some, h * count * D, rows.length);
    }
    return HostArray.of(some, (DType) array.type(), heads, count, D);
  }
}
