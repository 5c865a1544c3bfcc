package maia.kernel;

import static maia.numerics.BlockFormat.MXFP4;
import static maia.numerics.BlockFormat.MXFP6_E2M3;
import static maia.numerics.BlockFormat.MXFP8_E4M3;
import static maia.numerics.BlockFormat.MXFP8_E5M2;
import static maia.numerics.BlockFormat.NVFP4;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP4_E2M1;
import static maia.numerics.DType.FP6_E3M2;
import static maia.numerics.DType.FP8_E4M3;
import static maia.numerics.DType.I16;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;
import static maia.numerics.DType.I8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import maia.kernel.library.Activation;
import maia.kernel.library.BatchedMatmul;
import maia.kernel.library.Blocks;
import maia.kernel.library.ClassLoss;
import maia.kernel.library.Conv2d;
import maia.kernel.library.CrossEntropy;
import maia.kernel.library.Cumsum;
import maia.kernel.library.Dequantise;
import maia.kernel.library.Elementwise;
import maia.kernel.library.Embedding;
import maia.kernel.library.Extreme;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.kernel.library.Gated;
import maia.kernel.library.GroupNorm;
import maia.kernel.library.GroupedLinear;
import maia.kernel.library.Indexed;
import maia.kernel.library.IntegerMatmul;
import maia.kernel.library.IntegerReduction;
import maia.kernel.library.LayerNorm;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.LinearW4A16;
import maia.kernel.library.Matmul;
import maia.kernel.library.PagedAttention;
import maia.kernel.library.Pool2d;
import maia.kernel.library.Quantise;
import maia.kernel.library.QuantiseRows;
import maia.kernel.library.Reduction;
import maia.kernel.library.RmsNorm;
import maia.kernel.library.Rotary;
import maia.kernel.library.Sampling;
import maia.kernel.library.Softmax;
import maia.kernel.library.SortPlaces;
import maia.kernel.library.Transpose;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;

/// Every kernel of the library on ragged shapes: what [AgreementTest] runs in three modes.
final class LibraryCases {
  private static final Machine TOY = Chip.TOY;
  private static final float EPS = 1e-5f;

  /// A launch and its arguments.
  record Case(String what, KernelLaunch launch, Object... arguments) {
    @Override
    public String toString() {
      return launch.kernel().name() + ", " + what;
    }
  }

  private final List<Case> cases = new ArrayList<>();

  static List<Case> all() {
    LibraryCases table = new LibraryCases();
    table.elements();
    table.products();
    table.blockProducts();
    table.rows();
    table.reductions();
    table.quantised();
    table.attention();
    table.paged();
    table.images();
    table.indexed();
    table.order();
    table.losses();
    return table.cases;
  }

  private void add(String what, KernelLaunch launch, Object... arguments) {
    cases.add(new Case(what, launch, arguments));
  }

  private static HostArray zeros(ElementType type, long... shape) {
    return HostArray.zeros(type, shape);
  }

  /// Seeded values from -2 to 2; of integers, from -20 to 20.
  private static HostArray values(long seed, DType type, int... shape) {
    if (type != I8) {
      return Values.array(seed, type, shape);
    }
    float[] fractions = Values.array(seed, F32, shape).toFloats();
    long[] whole = new long[fractions.length];
    Arrays.setAll(whole, i -> (long) (fractions[i] * 10));
    return HostArray.ofLongs(whole, type, Arrays.stream(shape).mapToLong(s -> s).toArray());
  }

  private static HostArray blocks(long seed, BlockFormat format, int rows, int columns) {
    return BlockCodec.quantize(values(seed, F32, rows, columns), format, ScaleRule.FLOOR);
  }

  private static HostArray integers(DType type, long... values) {
    return HostArray.ofLongs(values, type, values.length);
  }

  private void elements() {
    for (int n : List.of(1, 2049)) {
      HostArray x = values(1, F32, n);
      HostArray y = values(2, F32, n);
      add("n=" + n, VectorAdd.over(n), x, y, zeros(F32, n));
      for (Kernel k : List.of(Elementwise.ADD, Elementwise.SUB, Elementwise.MUL, Elementwise.DIV)) {
        add("n=" + n, Elementwise.over(k, n), x, y, zeros(F32, n));
      }
    }
    HostArray x = values(3, BF16, 77);
    for (Activation act : Activation.values()) {
      Kernel k = Elementwise.ACTIVATION.with("TYPE", BF16).with("ACT", act);
      add("bf16 " + act, Elementwise.over(k, 77), x, zeros(BF16, 77));
    }
    Kernel scale = Elementwise.SCALE.with("TYPE", BF16);
    add("bf16", Elementwise.over(scale, 77), x, zeros(BF16, 77), 0.3f);
    for (DType to : List.of(F16, FP8_E4M3, FP6_E3M2, FP4_E2M1, I8)) {
      Kernel cast = Elementwise.CAST.with("TYPE", to);
      add("to " + to, Elementwise.over(cast, 45), values(4, F32, 45), zeros(to, 45));
    }
    add("bf16", Gated.over(77, Activation.SILU, BF16), x, values(5, BF16, 77), zeros(BF16, 77));
  }

  private void products() {
    for (DType type : List.of(BF16, F16, FP8_E4M3, FP6_E3M2, FP4_E2M1)) {
      matmul(type, 37, 45, 50);
    }
    matmul(F32, 5, 7, 9);
    matmul(BF16, 1, 1, 1);
    linear(BF16, BF16, BF16, 1);
    linear(FP8_E4M3, FP4_E2M1, F32, 19);
    linear(I8, I8, I8, 19);
    var sums = new Blocks.Problem(5, 37, 70, I8, I8, I32);
    HostArray whole = values(1, I8, 5, 70);
    add(
        "i8, plain sums",
        Linear.over(sums, Activation.NONE, Set.of(), TOY),
        whole,
        values(2, I8, 37, 70),
        zeros(I32, 5, 37));
    HostArray a = values(1, BF16, 3, 33, 20);
    HostArray b = values(2, BF16, 3, 20, 17);
    var batched = BatchedMatmul.over(3, 33, 17, 20, BF16, F32, TOY);
    add("3x33x17x20", batched, a, b, zeros(F32, 3, 33, 17));
    wholeProduct(I8, I8, I16);
    wholeProduct(I8, I8, I64);
    wholeProduct(I8, I64, I32);
    HostArray w = values(3, BF16, 3, 21, 40);
    var grouped = GroupedLinear.over(19, 3, 21, 40, BF16, BF16, TOY);
    HostArray starts = integers(I64, 0, 13, 13, 19);
    add("one expert idle", grouped, values(4, BF16, 19, 40), w, starts, zeros(BF16, 19, 21));
  }

  private void wholeProduct(DType x, DType y, DType out) {
    var launch = IntegerMatmul.over(2, new Blocks.Problem(19, 37, 70, x, y, out), TOY);
    long[] b = LongStream.range(0, 2 * 70 * 37).map(i -> i * 31 % 97 - 48).toArray();
    add(
        "%s x %s into %s".formatted(x, y, out),
        launch,
        values(1, x, 2, 19, 70),
        HostArray.ofLongs(b, y, 2, 70, 37),
        zeros(out, 2, 19, 37));
  }

  private void matmul(DType type, int m, int n, int k) {
    var launch = Matmul.over(m, n, k, type, F32, TOY);
    String what = "%s %dx%dx%d".formatted(type, m, n, k);
    add(what, launch, values(1, type, m, k), values(2, type, k, n), zeros(F32, m, n));
  }

  private void linear(DType x, DType w, DType y, int m) {
    int n = 37;
    int k = 70;
    var problem = new Blocks.Problem(m, n, k, x, w, y);
    add(
        "%s x %s, all parts, m=%d".formatted(x, w, m),
        Linear.over(problem, Activation.GELU, Set.of(Linear.Part.values()), TOY),
        values(1, x, m, k),
        values(2, w, n, k),
        values(3, F32, n),
        zeros(y, m, n),
        0.37f,
        1.7f);
  }

  private void blockProducts() {
    mx(MXFP8_E4M3, MXFP4, F32, 1, 80);
    mx(MXFP6_E2M3, MXFP6_E2M3, BF16, 19, 70);
    mx(MXFP4, MXFP4, MXFP4, 19, 96);
    mx(NVFP4, NVFP4, F32, 19, 80);
    for (BlockFormat format : List.of(MXFP4, NVFP4)) {
      var problem = new Blocks.Problem(20, 33, 70, BF16, format, F32);
      add(
          format.label() + " 20x33x70",
          LinearW4A16.over(problem, Activation.RELU, Set.of(Linear.Part.BIAS), TOY),
          values(1, BF16, 20, 70),
          blocks(2, format, 33, 70),
          values(3, F32, 33),
          zeros(F32, 20, 33));
    }
  }

  private void mx(BlockFormat x, BlockFormat w, ElementType y, int m, int k) {
    int n = 37;
    var problem = new Blocks.Problem(m, n, k, x, w, y);
    add(
        "%s x %s to %s, m=%d".formatted(x.label(), w.label(), y.label(), m),
        LinearMx.over(problem, Activation.RELU, Set.of(Linear.Part.BIAS), TOY),
        blocks(1, x, m, k),
        blocks(2, w, n, k),
        values(3, F32, n),
        zeros(y, m, n));
  }

  private void rows() {
    for (DType type : List.of(F32, BF16)) {
      for (int n : List.of(1, 45)) {
        rows(type, n, 32);
      }
    }
    rows(F32, 45, 64);
    HostArray x = values(1, F32, 5, 37);
    add("5x37", Softmax.over(5, 37, TOY), x, zeros(F32, 5, 37));
    add("whole 5x37", Softmax.wide(5, 37, F32, TOY), x, zeros(F32, 5, 37));
    add("safe 5x37", Softmax.safe(5, 37, TOY), x, zeros(F32, 5, 37));
  }

  /// Kernels over five rows in blocks of columns, or in one.
  private void rows(DType type, int n, int block) {
    String what = "%s 5x%d by %d".formatted(type, n, block);
    HostArray x = values(1, type, 5, n);
    HostArray w = values(2, F32, n);
    HostArray stats = values(4, F32, 5);
    HostArray dy = values(5, type, 5, n);
    HostArray target = integers(I32, 0, -1, n - 1, n / 2, 0);
    add(what, by(Softmax.WIDE, type, block), x, zeros(type, 5, n));
    add(what, by(Cumsum.KERNEL, type, block), x, zeros(type, 5, n));
    add(
        what,
        by(LayerNorm.FORWARD, type, block),
        x,
        w,
        values(3, F32, n),
        zeros(type, 5, n),
        zeros(F32, 5),
        zeros(F32, 5),
        EPS);
    add(what, by(LayerNorm.BACKWARD, type, block), x, dy, w, stats, stats, zeros(type, 5, n));
    add(what, by(RmsNorm.KERNEL, type, block), x, w, zeros(type, 5, n), EPS);
    add(what, by(RmsNorm.TO_FP8, type, block), x, w, zeros(FP8_E4M3, 5, n), zeros(F32, 5), EPS);
    add(what, by(RmsNorm.TO_BLOCKS, type, block), x, w, zeros(MXFP8_E4M3, 5, n), EPS);
    add(what, by(CrossEntropy.FORWARD, type, block), x, target, zeros(F32, 5), zeros(F32, 5));
    add(what, by(CrossEntropy.BACKWARD, type, block), x, target, stats, stats, zeros(type, 5, n));
    add(what, by(QuantiseRows.ROW, type, block), x, zeros(FP8_E4M3, 5, n), zeros(F32, 5));
    Kernel weights = LayerNorm.BACKWARD_WEIGHTS.with("TYPE", type).with("ROWS", 4);
    var sums = weights.with("BLOCK", block).grid(Kernel.cdiv(n, block));
    add(what, sums, x, dy, stats, stats, zeros(F32, n), zeros(F32, n));
  }

  private static KernelLaunch by(Kernel kernel, DType type, int block) {
    return kernel
        .with("TYPE", type)
        .with("ROWS", 2)
        .with("BLOCK", block)
        .with("WHOLE", block == 64)
        .grid(3);
  }

  private void reductions() {
    for (Reduction.Op op : Reduction.Op.values()) {
      var along = Reduction.over(op, 3, 11, 7, BF16, TOY);
      add(op + " 3x11x7", along, values(1, BF16, 3, 11, 7), zeros(BF16, 3, 7));
      var last = Reduction.last(op, 5, 45, F32, TOY);
      add(op + " 5x45", last, values(2, F32, 5, 45), zeros(F32, 5));
    }
    add("70x33", Transpose.over(70, 33, BF16), values(1, BF16, 70, 33), zeros(BF16, 33, 70));
  }

  private void quantised() {
    for (BlockFormat format : List.of(MXFP4, MXFP6_E2M3, MXFP8_E5M2, NVFP4)) {
      var launch = Quantise.over(19, 70, format, TOY);
      add(format.label() + " 19x70", launch, values(1, F32, 19, 70), zeros(format, 19, 70));
    }
    HostArray scaled = zeros(NVFP4, 3, 40).withTensorScale(0.01f);
    add("tensor scale", Quantise.over(3, 40, NVFP4, TOY), values(1, F32, 3, 40), scaled);
    var groups = QuantiseRows.byGroup(5, 16, FP8_E4M3);
    Kernel bytes = QuantiseRows.ROW.with("TO", I8).with("ROWS", 2).with("BLOCK", 32);
    add("5x45 to i8", bytes.grid(3), values(1, F32, 5, 45), zeros(I8, 5, 45), zeros(F32, 5));
    add("5x45 by 16", groups, values(1, F32, 5, 45), zeros(FP8_E4M3, 5, 45), zeros(F32, 5, 3));
  }

  private void attention() {
    attention("all", FlashAttention.KERNEL, 2, 1, 40, 40);
    attention("causal, longer keys", FlashAttention.KERNEL.with("SEE", See.CAUSAL), 4, 2, 17, 37);
    Kernel window = FlashAttention.KERNEL.with("SEE", See.CAUSAL).with("WINDOW", 5);
    attention("window", window, 2, 2, 37, 37);
    Kernel capped = FlashAttention.KERNEL.with("CAP", true).with("LSE", true);
    add(
        "soft cap and log-sum-exp",
        FlashAttention.over(capped, new FlashAttention.Problem(2, 1, 19, 16, BF16), TOY),
        values(1, BF16, 2, 19, 16),
        values(2, BF16, 2, 19, 16),
        values(3, BF16, 2, 19, 16),
        zeros(BF16, 2, 19, 16),
        zeros(F32, 2, 19),
        0.25f,
        1.5f);
    add(
        "two sequences",
        FlashAttention.over(
            FlashAttention.KERNEL.with("BATCHED", true),
            new FlashAttention.Problem(4, 2, 19, 16, BF16),
            TOY),
        values(1, BF16, 2, 2, 19, 16),
        values(2, BF16, 2, 1, 19, 16),
        values(3, BF16, 2, 1, 19, 16),
        zeros(BF16, 2, 2, 19, 16),
        0.25f);
    Kernel causal = FlashAttention.KERNEL.with("SEE", See.CAUSAL);
    var p = new FlashAttention.Problem(2, 2, 21, 16, BF16);
    add(
        "ragged batch",
        FlashAttention.ragged(causal, p, 3, TOY),
        values(1, BF16, 2, 39, 16),
        values(2, BF16, 1, 39, 16),
        values(3, BF16, 1, 39, 16),
        integers(I32, 0, 17, 18, 39),
        integers(I32, 0, 17, 18, 39),
        zeros(BF16, 2, 39, 16),
        0.25f);
    HostArray angles = values(3, F32, 33, 8);
    for (Rotary.Pairs pairs : Rotary.Pairs.values()) {
      var launch = Rotary.KERNEL.with("D", 16).with("PAIRS", pairs).grid(2, 3);
      HostArray x = values(1, BF16, 33, 3, 16);
      add(pairs + " 33x3x16", launch, x, angles, angles, zeros(BF16, 33, 3, 16));
    }
  }

  private void attention(String what, Kernel kernel, int heads, int group, int queries, int keys) {
    add(
        what,
        FlashAttention.over(
            kernel, new FlashAttention.Problem(heads, group, queries, 16, BF16), TOY),
        values(1, BF16, heads, queries, 16),
        values(2, BF16, heads / group, keys, 16),
        values(3, BF16, heads / group, keys, 16),
        zeros(BF16, heads, queries, 16),
        0.25f);
  }

  private void paged() {
    var p = new PagedAttention.Problem(3, 6, 3, 16, 16, BF16);
    HostArray q = values(1, BF16, 3, 6, 16);
    HostArray keys = values(2, BF16, 6, 2, 16, 16);
    HostArray values = values(3, BF16, 6, 2, 16, 16);
    HostArray table = HostArray.ofLongs(new long[] {0, 0, 0, 4, 0, 0, 2, 5, 1}, I32, 3, 3);
    HostArray lengths = integers(I32, 0, 1, 41);
    HostArray o = zeros(BF16, 3, 6, 16);
    add("ragged", PagedAttention.decode(p), q, keys, values, table, lengths, o, 0.25f);
    add(
        "two shares",
        PagedAttention.split(p, 2),
        q,
        keys,
        values,
        table,
        lengths,
        zeros(F32, 2, 3, 6, 16),
        zeros(F32, 2, 3, 6),
        0.25f);
    HostArray parts = values(4, F32, 2, 3, 6, 16);
    add("two shares", PagedAttention.merge(p), parts, values(5, F32, 2, 3, 6), o);
    HostArray fresh = values(6, BF16, 4, 2, 16);
    add("one skipped", PagedAttention.append(p, 4), fresh, integers(I32, 37, -1, 0, 95), keys);
  }

  private void images() {
    var p = new Conv2d.Problem(2, 9, 7, 20, 17, 3, 3, 2, 1, 1);
    HostArray f = values(2, BF16, 3, 3, 20, 17);
    HostArray y = zeros(BF16, 2, p.outRows(), p.outColumns(), 17);
    add("2x9x7x20", Conv2d.over(p, BF16, BF16, TOY), values(1, BF16, 2, 9, 7, 20), f, y);
    var pool = new Conv2d.Problem(2, 9, 7, 5, 5, 3, 3, 2, 1, 1);
    for (Pool2d.Kind kind : Pool2d.Kind.values()) {
      HostArray out = zeros(F32, 2, pool.outRows(), pool.outColumns(), 5);
      add(kind + " 2x9x7x5", Pool2d.over(pool, kind, F32), values(1, F32, 2, 9, 7, 5), out);
    }
    HostArray w = values(3, F32, 6);
    HostArray image = values(1, F32, 2, 6, 33);
    add("2x6x33", GroupNorm.over(2, 6, 2, F32), image, w, w, zeros(F32, 2, 6, 33), EPS);
  }

  private void indexed() {
    HostArray ids = integers(I32, 3, 0, 9, 9, 1);
    HostArray table = values(1, BF16, 10, 45);
    add("5 of 10x45", Embedding.over(5, 45, BF16), ids, table, zeros(BF16, 5, 45));
    long[] index = IntStream.range(0, 21).mapToLong(i -> i * 7 % 9).toArray();
    HostArray places = integers(I64, index);
    var gather = Indexed.over(Indexed.GATHER, 21, 70, TOY);
    add("21 of 9x70", gather, values(2, F32, 9, 70), places, zeros(F32, 21, 70));
    float[] whole = new float[21 * 33]; // whole numbers: no sum depends on the order
    for (int i = 0; i < whole.length; i++) {
      whole[i] = i % 11 - 5;
    }
    HostArray x = HostArray.of(whole, F32, 21, 33);
    add(
        "21 into 9x33",
        Indexed.over(Indexed.SCATTER_ADD, 21, 33, TOY),
        x,
        places,
        zeros(F32, 9, 33));
    HostArray logits = values(3, F32, 7, 50);
    HostArray tokens = zeros(I64, 7);
    add("7x50", Sampling.over(7, 50, 16), logits, tokens, 9, 0.7f, 0.8f, 0.05f, 17);
  }

  private void order() {
    for (Extreme.Which which : Extreme.Which.values()) {
      var launch = Extreme.over(which, 3, 11, 7, BF16);
      add(which + " 3x11x7", launch, values(1, BF16, 3, 11, 7), zeros(I64, 3, 7));
      var last = Extreme.last(which, 5, 45, F32, TOY);
      add(which + " 5x45", last, values(2, F32, 5, 45), zeros(I64, 5));
    }
    for (var op : List.of(Reduction.Op.SUM, Reduction.Op.MAX, Reduction.Op.MIN)) {
      var launch = IntegerReduction.over(op, 3, 11, 7, I8, I64);
      add(op + " 3x11x7", launch, values(2, I8, 3, 11, 7), zeros(I64, 3, 7));
    }
    for (boolean isDown : List.of(true, false)) {
      var launch = SortPlaces.over(5, 45, BF16, isDown);
      add("5x45, down: " + isDown, launch, values(3, BF16, 5, 45), zeros(I64, 5, 45));
    }
    long[] whole = IntStream.range(0, 225).mapToLong(i -> i * 7 % 9 - 4).toArray();
    HostArray x = HostArray.ofLongs(whole, I64, 5, 45);
    add("5x45", Cumsum.integers(5, 45), x, zeros(I64, 5, 45));
    for (BlockFormat format : List.of(MXFP4, MXFP8_E5M2, NVFP4)) {
      var launch = Dequantise.over(19, 70, format, TOY);
      add(format.label() + " 19x70", launch, blocks(1, format, 19, 70), zeros(F32, 19, 70));
    }
  }

  private void losses() {
    HostArray x = values(1, F32, 5, 45);
    HostArray target = integers(I64, 0, -100, 44, 22, 0);
    add("5x45", by(Softmax.LOGARITHM, F32, 32), x, zeros(F32, 5, 45));
    add("5x45", ClassLoss.over(5, 45, F32, false, false, TOY), x, target, zeros(F32, 5), -100L);
    add(
        "5x45, weighted and smoothed",
        ClassLoss.over(5, 45, F32, true, true, TOY),
        x,
        target,
        values(2, F32, 45),
        zeros(F32, 5),
        -100L,
        0.9f,
        0.002f);
  }
}
