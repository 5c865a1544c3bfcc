package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import maia.kernel.library.GroupedLinear;
import maia.kernel.library.Indexed;
import maia.kernel.library.Sampling;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Philox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Kernels whose addresses depend on data, against plain Java, on the simulator and in the
/// interpreter.
class IndexedLibraryTest {
  /// Runs a launch on both.
  private interface Way {
    void run(KernelLaunch launch, Object... arguments);
  }

  private static final List<Way> WAYS =
      List.of(
          (launch, arguments) -> launch.interpret(arguments),
          (launch, arguments) -> launch.on(new OnSim(Chip.TOY)).run(arguments),
          (launch, arguments) -> launch.on(new OnSim(Chip.MAIA_200)).run(arguments));

  @ParameterizedTest
  @CsvSource({"5 0 11 3,33,40", "0 0 0 1,16,16", "40 1 0 0,20,70"})
  void groupedLinear_unevenExperts_equalsOneProductEach(String counts, int n, int k) {
    int[] tokens = Arrays.stream(counts.split(" ")).mapToInt(Integer::parseInt).toArray();
    long[] starts = new long[tokens.length + 1];
    for (int e = 0; e < tokens.length; e++) {
      starts[e + 1] = starts[e] + tokens[e];
    }
    int total = (int) starts[tokens.length];
    HostArray x = Values.array(1, BF16, total, k);
    HostArray w = Values.array(2, BF16, tokens.length, n, k);
    float[] expected = new float[total * n];
    for (int e = 0; e < tokens.length; e++) {
      float[] rows = Arrays.copyOfRange(x.toFloats(), (int) starts[e] * k, (int) starts[e + 1] * k);
      float[] weights = Arrays.copyOfRange(w.toFloats(), e * n * k, (e + 1) * n * k);
      float[] y = Values.matmulTransposed(rows, weights, tokens[e], n, k);
      System.arraycopy(y, 0, expected, (int) starts[e] * n, y.length);
    }
    HostArray bounds = HostArray.ofLongs(starts, DType.I64, starts.length);
    for (Way way : WAYS) {
      HostArray y = HostArray.zeros(F32, total, n);
      way.run(GroupedLinear.over(total, tokens.length, n, k, BF16, F32, Chip.TOY), x, w, bounds, y);
      assertThat(y.toFloats()).isEqualTo(expected);
    }
  }

  @Test
  void gather_repeatedAndRaggedRows_equalsHost() {
    int rows = 9;
    int columns = 70;
    long[] index = {3, 3, 8, 0, 1, 7, 3, 2, 5, 6, 4, 8, 8, 0, 1, 2, 3, 4, 5, 6, 7};
    HostArray x = Values.array(5, F32, rows, columns);
    float[] expected = new float[index.length * columns];
    for (int i = 0; i < index.length; i++) {
      System.arraycopy(x.toFloats(), (int) index[i] * columns, expected, i * columns, columns);
    }
    for (Way way : WAYS) {
      HostArray out = HostArray.zeros(F32, index.length, columns);
      way.run(
          Indexed.over(Indexed.GATHER, index.length, columns, Chip.TOY),
          x,
          HostArray.ofLongs(index, DType.I64, index.length),
          out);
      assertThat(out.toFloats()).isEqualTo(expected);
    }
  }

  /// Small integers: sums do not depend on the order.
  @Test
  void scatterAdd_integers_equalsHostInAnyOrder() {
    int rows = 4;
    int columns = 33;
    long[] index = IntStream.range(0, 50).mapToLong(i -> i * 7 % rows).toArray();
    float[] values = new float[index.length * columns];
    float[] expected = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 11 - 5;
      expected[(int) index[i / columns] * columns + i % columns] += values[i];
    }
    for (Way way : WAYS) {
      HostArray out = HostArray.zeros(F32, rows, columns);
      way.run(
          Indexed.over(Indexed.SCATTER_ADD, index.length, columns, Chip.TOY),
          HostArray.of(values, F32, index.length, columns),
          HostArray.ofLongs(index, DType.I64, index.length),
          out);
      assertThat(out.toFloats()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,0", "8,0.7,1,0", "16,1.5,0.8,0", "16,1,1,0.2", "5,2,0.5,0.1"})
  void sampling_everyCut_drawsWhatTheDefinitionDraws(
      int kept, float temperature, float topP, float minP) {
    int rows = 40;
    int vocabulary = 50;
    HostArray logits = Values.array(9, F32, rows, vocabulary);
    long[] expected = new long[rows];
    for (int r = 0; r < rows; r++) {
      float[] row = Arrays.copyOfRange(logits.toFloats(), r * vocabulary, (r + 1) * vocabulary);
      float u = new RandomNumbers(17).uniform(r);
      expected[r] = drawn(row, kept, temperature, topP, minP, u);
    }
    for (Way way : WAYS) {
      HostArray tokens = HostArray.zeros(DType.I64, rows);
      way.run(
          Sampling.over(rows, vocabulary, 16), logits, tokens, kept, temperature, topP, minP, 17);
      long[] found = IntStream.range(0, rows).mapToLong(i -> (long) tokens.get(i)).toArray();
      assertThat(found).isEqualTo(expected);
    }
  }

  /// By the definition, in binary64: a draw so close to a boundary that rounding could move it is
  /// not among the seeds.
  private static long drawn(
      float[] logits, int kept, double temperature, double topP, double minP, double u) {
    Integer[] order = IntStream.range(0, logits.length).boxed().toArray(Integer[]::new);
    Arrays.sort(order, Comparator.comparing((Integer i) -> -logits[i]));
    double[] p = new double[kept];
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      p[i] = Math.exp(((double) logits[order[i]] - logits[order[0]]) / temperature);
      sum += p[i];
    }
    double before = 0;
    double total = 0;
    boolean[] open = new boolean[kept];
    for (int i = 0; i < kept; i++) {
      p[i] /= sum;
      open[i] = before < topP && p[i] >= minP * p[0];
      before += p[i];
      total += open[i] ? p[i] : 0;
    }
    double left = u * total;
    for (int i = 0; i < kept; i++) {
      left -= open[i] ? p[i] : 0;
      if (open[i] && left < 0) {
        return order[i];
      }
    }
    throw new AssertionError("nothing drawn");
  }

  /// Triton's stream: the first word of a Philox block, scaled to [0, 1).
  private record RandomNumbers(long seed) {
    float uniform(long offset) {
      int word = Philox.next(seed, offset, 0);
      int positive = word < 0 ? -word - 1 : word;
      return positive * 4.6566127342e-10f;
    }
  }
}
