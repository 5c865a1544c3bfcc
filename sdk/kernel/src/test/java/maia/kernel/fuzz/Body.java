package maia.kernel.fuzz;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;

import java.util.List;
import java.util.SplittableRandom;
import maia.kernel.ArrayArg;
import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.Var;

/// Writes the lambda of a random kernel: loads, statements, stores of whatever nothing has used.
final class Body {
  private final KernelContext k;
  private final Spec spec;
  private final Spec.Sizes sizes;
  private final ArrayArg x;
  private final ArrayArg floats;
  private final ArrayArg integers;
  private final ArrayArg counter;
  private final Tile t;
  private final Tile pid;
  private final Tile rows;
  private final Tile columns;
  private final Pool pool = new Pool();
  private int slot;

  Body(KernelContext k, Spec spec) {
    this.k = k;
    this.spec = spec;
    sizes = spec.sizes();
    x = k.in("x", F32, 2);
    ArrayArg h = k.in("h", sizes.narrow(), 2);
    ArrayArg v = k.in("v", F32, 1);
    ArrayArg n = k.in("n", I32, 2);
    floats = k.inOut("floats", F32, 2);
    integers = k.inOut("integers", I64, 2);
    counter = k.inOut("counter", I32, 1);
    Tile s = k.f32("s");
    t = k.i64("t");
    pid = k.programId(0);
    rows = pid.mul(sizes.rows()).add(k.arange(sizes.rows()));
    columns = k.arange(sizes.columns());
    Mask inside = inside(rows, columns);
    pool.add(x.at(rows.col(), columns.row()).load(inside, 0.5));
    pool.add(h.block(sizes.rows(), sizes.columns()).at(pid.mul(sizes.rows()), k.scalar(0)).load());
    pool.add(v.at(columns).load(columns.lt(v.size(0))));
    pool.add(n.at(rows.col(), columns.row()).load(inside, 3));
    pool.add(s.add(1));
  }

  private Mask inside(Tile row, Tile column) {
    return row.lt(x.size(0)).col().and(column.lt(x.size(1)).row());
  }

  void write() {
    Statements statements = new Statements(k, spec, pool);
    SplittableRandom seeds = new SplittableRandom(spec.seed() + 1);
    for (int i = 0; i < spec.statements(); i++) {
      long seed = seeds.nextLong();
      if (!spec.skipped().contains(i)) {
        statement(statements, seed);
      }
    }
    pool.unusedMasks().forEach(m -> storeFloats(m.to(F32)));
    for (Tile tile : pool.unusedTiles()) {
      if (tile.dtype().isFloat()) {
        storeFloats(tile.dtype() == F32 ? tile : tile.to(F32));
      } else {
        storeIntegers(tile.dtype() == I64 ? tile : tile.to(I64));
      }
    }
  }

  private void statement(Statements statements, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    switch (random.nextInt(spec.isPlain() ? 9 : 12)) {
      case 0 -> loop(random);
      case 1 -> branch(random);
      case 2 -> loopOverRows(random);
      case 9 -> whileLoop(random);
      case 10 -> count(random);
      default -> statements.write(random);
    }
  }

  // ---- control flow; a lambda may be called more than once and must then write the same

  private Tile matrix(SplittableRandom random, Pool from) {
    Tile tile =
        from.tile(
            random,
            i -> i.dtype() == F32 && i.shape().equals(List.of(sizes.rows(), sizes.columns())));
    return tile == null ? k.full(F32, 0.25, sizes.rows(), sizes.columns()) : tile;
  }

  private Tile scalar(SplittableRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> t;
      case 1 -> pid;
      case 2 -> x.size(0).rem(4);
      default -> k.scalar(random.nextInt(4));
    };
  }

  private void loop(SplittableRandom random) {
    Var carried = k.var(matrix(random, pool));
    Tile from = random.nextBoolean() ? k.scalar(0) : t;
    Tile to = scalar(random).add(random.nextInt(3));
    long seed = random.nextLong();
    k.range(from, to, k.scalar(1 + random.nextInt(2)))
        .stages(1 + random.nextInt(3))
        .each(i -> inner(carried, i, seed));
    pool.add(carried.get());
  }

  private void branch(SplittableRandom random) {
    Var carried = k.var(matrix(random, pool));
    Mask condition = random.nextBoolean() ? scalar(random).gt(1) : pid.rem(2).eq(0).and(t.lt(3));
    long first = random.nextLong();
    long second = random.nextLong();
    boolean both = random.nextBoolean();
    k.when(
        condition,
        () -> inner(carried, pid, first),
        () -> {
          if (both) {
            inner(carried, t, second);
          }
        });
    pool.add(carried.get());
  }

  private void whileLoop(SplittableRandom random) {
    Var left = k.var(scalar(random));
    Var carried = k.var(matrix(random, pool));
    long seed = random.nextLong();
    k.loopWhile(
        () -> left.get().gt(0),
        () -> {
          inner(carried, left.get(), seed);
          left.set(left.get().sub(1));
        });
    pool.add(carried.get());
  }

  /// A few statements; all they make goes into `carried`.
  private void inner(Var carried, Tile index, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Pool local = Pool.inside(pool);
    Tile now = carried.get();
    local.add(now);
    local.add(index.to(F32));
    Statements statements = new Statements(k, spec, local);
    for (int i = random.nextInt(4); i >= 0; i--) {
      statements.write(random);
    }
    Tile sum = now.mul(0.5);
    for (Mask mask : local.unusedMasks()) {
      sum = sum.add(mask.to(F32));
    }
    for (Tile tile : local.unusedTiles()) {
      sum = sum.add(tile.dtype() == F32 ? tile : tile.to(F32));
    }
    carried.set(sum);
  }

  /// One row of the array per iteration, masked.
  private void loopOverRows(SplittableRandom random) {
    Var carried = k.var(k.zeros(F32, sizes.columns()));
    int step = 1 + random.nextInt(3);
    k.range(pid, x.size(0), step)
        .stages(2)
        .each(i -> carried.inc(x.at(i, columns).load(columns.lt(x.size(1)))));
    pool.add(carried.get());
  }

  // ---- effects

  private void count(SplittableRandom random) {
    Tile values = pool.tile(random, i -> i.dtype() == I32 && i.shape().size() == 2);
    if (values == null) {
      return;
    }
    Tile place = values.and(7).to(I64);
    Tile amount = values.rem(100);
    Mask some = values.gt(random.nextInt(-60, 60));
    switch ((int) (spec.seed() % 3)) { // one kind per kernel: only equal operations commute
      case 0 -> counter.at(place).atomicXor(amount, some);
      case 1 -> counter.at(place).atomicMax(amount, some);
      default -> counter.at(place).atomicAdd(amount, some);
    }
  }

  private Tile[] place() {
    Tile row =
        pid.mul(Spec.SLOTS).add(slot++ % Spec.SLOTS).mul(sizes.rows()).add(k.arange(sizes.rows()));
    return new Tile[] {row.col(), columns.row()};
  }

  private void storeFloats(Tile tile) {
    floats.at(place()).store(whole(tile));
  }

  private void storeIntegers(Tile tile) {
    integers.at(place()).store(whole(tile));
  }

  private Tile whole(Tile tile) {
    return tile.broadcastTo(sizes.rows(), sizes.columns());
  }
}
