package maia.kernel.fuzz;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I8;

import java.util.SplittableRandom;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.ir.Mapping;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// A random matrix product: how blocks are cut, how far loads run ahead, how the grid is laid out,
/// and how the operands are reached. Everything follows from the seed.
public record ProductSpec(long seed) {
  /// How a block of an operand is reached.
  private enum Reach {
    /// `array.block(...)`.
    BLOCK,
    /// `array.at(...)` with a mask.
    MASKED,
    /// A block of the transposed matrix, turned on chip.
    TRANSPOSED,
  }

  /// What happens to the sums.
  private enum Finish {
    STORE,
    RELU,
    BIAS,
    NARROW,
  }

  private record Blocks(int m, int n, int k, int stages) {}

  private record Sizes(int m, int n, int k, int extra) {}

  private record Form(Reach a, Reach b, Finish finish, boolean oneDimension, Mapping.Path path) {}

  private static <T> T pick(SplittableRandom random, T[] all) {
    return all[random.nextInt(all.length)];
  }

  private SplittableRandom random(int stream) {
    return new SplittableRandom(seed * 31 + stream);
  }

  private Blocks blocks() {
    SplittableRandom random = random(1);
    Integer[] sides = {16, 32, 64, 64, 128, 128};
    Integer[] depths = {16, 32, 64, 64, 128};
    return new Blocks(
        pick(random, sides), pick(random, sides), pick(random, depths), 1 + random.nextInt(4));
  }

  /// Up to five blocks along a side, ragged three times in four; sometimes more programs than there
  /// is work.
  private Sizes sizes() {
    Blocks blocks = blocks();
    SplittableRandom random = random(2);
    return new Sizes(
        side(random, blocks.m()),
        side(random, blocks.n()),
        side(random, blocks.k()),
        random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0);
  }

  private static int side(SplittableRandom random, int block) {
    int whole = block * (1 + random.nextInt(Math.max(2, 160 / block)));
    return random.nextInt(4) == 0 ? whole : Math.max(1, whole - random.nextInt(block));
  }

  private Form form() {
    SplittableRandom random = random(3);
    return new Form(
        pick(random, Reach.values()),
        pick(random, Reach.values()),
        pick(random, Finish.values()),
        random.nextInt(4) == 0,
        random.nextInt(3) > 0 ? Mapping.Path.AUTO : pick(random, Mapping.Path.values()));
  }

  private DType type() {
    return pick(random(4), new DType[] {BF16, BF16, F16, FP8_E4M3, I8, F32});
  }

  private DType sums() {
    return type() == I8 ? I32 : F32;
  }

  private DType results() {
    return form().finish() == Finish.NARROW && sums() == F32 ? BF16 : sums();
  }

  private boolean turns(Reach reach) {
    return reach == Reach.TRANSPOSED;
  }

  /// The kernel on its grid.
  public KernelLaunch launch() {
    Kernel kernel = Kernel.define("product_fuzz", this::write);
    Blocks blocks = blocks();
    Sizes sizes = sizes();
    int rows = Math.ceilDiv(sizes.m(), blocks.m()) + sizes.extra();
    int columns = Math.ceilDiv(sizes.n(), blocks.n()) + sizes.extra();
    return form().oneDimension() ? kernel.grid(rows * columns) : kernel.grid(rows, columns);
  }

  /// Fresh arguments, the same at every call.
  public Object[] arguments() {
    Sizes s = sizes();
    HostArray a = turns(form().a()) ? operand(5, s.k(), s.m()) : operand(5, s.m(), s.k());
    HostArray b = turns(form().b()) ? operand(6, s.n(), s.k()) : operand(6, s.k(), s.n());
    return new Object[] {a, b, values(7, sums(), s.n()), HostArray.zeros(results(), s.m(), s.n())};
  }

  private HostArray operand(int stream, long... shape) {
    return values(stream, type(), shape);
  }

  private HostArray values(int stream, DType type, long... shape) {
    SplittableRandom random = random(stream);
    float[] values = new float[(int) (shape[0] * (shape.length > 1 ? shape[1] : 1))];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.isInteger() ? random.nextInt(-9, 10) : (float) random.nextDouble(-2, 2);
    }
    return HostArray.of(values, type, shape);
  }

  private void write(KernelContext k) {
    ArrayArg a = k.in("a", type(), 2);
    ArrayArg b = k.in("b", type(), 2);
    ArrayArg bias = k.in("bias", sums(), 1);
    ArrayArg c = k.out("c", results(), 2);
    Blocks blocks = blocks();
    if (form().path() != Mapping.Path.AUTO && !form().oneDimension()) {
      k.mapping(new Mapping(form().path(), 0, 0));
    }
    Tile m = row(k, c).mul(blocks.m());
    Tile n = column(k, c).mul(blocks.n());
    var sum = k.var(k.zeros(sums(), blocks.m(), blocks.n()));
    Tile depth = turns(form().a()) ? a.size(0) : a.size(1);
    k.range(0, depth, blocks.k())
        .stages(blocks.stages())
        .each(d -> {
          Tile left = load(k, a, form().a(), m, d, blocks.m(), blocks.k());
          Tile right = load(k, b, form().b(), d, n, blocks.k(), blocks.n());
          sum.set(k.dot(left, right, sum.get()));
        });
    store(k, c, finished(k, bias, sum.get(), n), m, n);
  }

  private Tile row(KernelContext k, ArrayArg c) {
    return form().oneDimension() ? k.programId(0).div(columns(c)) : k.programId(0);
  }

  private Tile column(KernelContext k, ArrayArg c) {
    return form().oneDimension() ? k.programId(0).rem(columns(c)) : k.programId(1);
  }

  private Tile columns(ArrayArg c) {
    return c.size(1).cdiv(blocks().n()).add(sizes().extra());
  }

  private Tile finished(KernelContext k, ArrayArg bias, Tile sum, Tile n) {
    return switch (form().finish()) {
      case STORE -> sum;
      case RELU -> sum.max(0);
      case BIAS -> {
        Tile at = n.add(k.arange(blocks().n()));
        yield sum.add(bias.at(at).load(at.lt(bias.size(0))).row());
      }
      case NARROW -> sum.to(results());
    };
  }

  private void store(KernelContext k, ArrayArg c, Tile value, Tile m, Tile n) {
    if (random(8).nextBoolean()) {
      c.block(blocks().m(), blocks().n()).at(m, n).store(value);
      return;
    }
    Tile rows = m.add(k.arange(blocks().m())).col();
    Tile columns = n.add(k.arange(blocks().n())).row();
    c.at(rows, columns).store(value, rows.lt(c.size(0)).and(columns.lt(c.size(1))));
  }

  private static Tile load(
      KernelContext k, ArrayArg x, Reach reach, Tile row, Tile column, int rows, int columns) {
    return switch (reach) {
      case BLOCK -> x.block(rows, columns).at(row, column).load();
      case TRANSPOSED -> x.block(columns, rows).at(column, row).load().t();
      case MASKED -> {
        Tile r = row.add(k.arange(rows)).col();
        Tile c = column.add(k.arange(columns)).row();
        Mask inside = r.lt(x.size(0)).and(c.lt(x.size(1)));
        yield x.at(r, c).load(inside);
      }
    };
  }

  @Override
  public String toString() {
    return "product %d: %s %s, %s %s".formatted(seed, type(), blocks(), sizes(), form());
  }
}
