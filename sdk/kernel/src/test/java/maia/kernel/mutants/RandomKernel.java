package maia.kernel.mutants;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// A random kernel over ragged matrices: element-wise, a loop with a running value, or a product.
final class RandomKernel {
  private static final int[] SIZES = {8, 16, 32};

  private final long seed;
  private final SplittableRandom shapes;
  private final int rows;
  private final int columns;
  private final int bm;
  private final int bn;

  RandomKernel(long seed) {
    this.seed = seed;
    shapes = new SplittableRandom(seed);
    rows = shapes.nextInt(1, 70);
    columns = shapes.nextInt(1, 70);
    bm = SIZES[shapes.nextInt(SIZES.length)];
    bn = SIZES[shapes.nextInt(SIZES.length)];
  }

  KernelLaunch launch() {
    Kernel kernel =
        Kernel.define(
            "random",
            k -> {
              var random = new SplittableRandom(seed);
              switch ((int) (seed % 3)) {
                case 0 -> blocks(k, random);
                case 1 -> running(k, random);
                default -> product(k, random);
              }
            });
    int down = Kernel.cdiv(rows, bm);
    return seed % 3 == 1 ? kernel.grid(down) : kernel.grid(Kernel.cdiv(columns, bn), down);
  }

  /// Fresh arguments.
  List<Object> arguments() {
    var arguments = new ArrayList<Object>();
    arguments.add(Subjects.random(1, type(), rows, columns));
    arguments.add(
        seed % 3 == 2
            ? Subjects.random(2, type(), columns, columns)
            : Subjects.random(2, type(), rows, columns));
    arguments.add(HostArray.zeros(F32, rows, columns));
    if (seed % 3 == 1) {
      arguments.add(HostArray.zeros(F32, rows));
    }
    return arguments;
  }

  private DType type() {
    return seed % 2 == 0 || seed % 3 == 2 ? BF16 : F32;
  }

  private static Tile expression(SplittableRandom random, List<Supplier<Tile>> leaves, int depth) {
    if (depth == 0) {
      return leaves.get(random.nextInt(leaves.size())).get();
    }
    Tile a = expression(random, leaves, depth - 1);
    Tile b = expression(random, leaves, random.nextInt(depth));
    return switch (random.nextInt(6)) {
      case 0 -> a.add(b);
      case 1 -> a.sub(b);
      case 2 -> a.mul(b);
      case 3 -> a.max(b);
      case 4 -> a.lt(b).where(a, b);
      default -> a.abs().neg().exp().add(b);
    };
  }

  private void blocks(KernelContext k, SplittableRandom random) {
    var x = k.in("x", type(), 2);
    var y = k.in("y", type(), 2);
    var z = k.out("z", F32, 2);
    var rm = k.programId(1).mul(bm).add(k.arange(bm)).col();
    var rn = k.programId(0).mul(bn).add(k.arange(bn)).row();
    var mask = rm.lt(x.size(0)).and(rn.lt(x.size(1)));
    Tile a = x.at(rm, rn).load(mask).to(F32);
    Tile b = y.at(rm, rn).load(mask).to(F32);
    Tile result =
        expression(random, List.of(() -> a, () -> b, () -> a.amax(1).col()), random.nextInt(1, 4));
    z.at(rm, rn).store(result.add(a).add(b), mask);
  }

  private void running(KernelContext k, SplittableRandom random) {
    var x = k.in("x", type(), 2);
    var y = k.in("y", type(), 2);
    var z = k.out("z", F32, 2);
    var r = k.out("r", F32, 1);
    var row = k.programId(0).mul(bm).add(k.arange(bm));
    var inRows = row.lt(x.size(0));
    var total = k.var(k.zeros(F32, bm));
    int stages = random.nextInt(1, 4);
    k.range(0, x.size(1).cdiv(bn))
        .stages(stages)
        .each(i -> {
          var rn = i.mul(bn).add(k.arange(bn)).row();
          var mask = inRows.col().and(rn.lt(x.size(1)));
          Tile a = x.at(row.col(), rn).load(mask).to(F32);
          Tile b = y.at(row.col(), rn).load(mask).to(F32);
          Tile value =
              expression(
                  random, List.of(() -> a, () -> b, () -> total.get().col()), random.nextInt(1, 3));
          z.at(row.col(), rn).store(value.add(a).add(b), mask);
          total.set(total.get().add(a.sum(1)));
        });
    r.at(row).store(total.get(), inRows);
  }

  private void product(KernelContext k, SplittableRandom random) {
    var x = k.in("x", type(), 2);
    var y = k.in("y", type(), 2);
    var z = k.out("z", F32, 2);
    var rm = k.programId(1).mul(bm).add(k.arange(bm));
    var rn = k.programId(0).mul(bn).add(k.arange(bn));
    var inRows = rm.lt(x.size(0)).col();
    var inColumns = rn.lt(x.size(1)).row();
    var acc = k.var(k.zeros(F32, bm, bn));
    int stages = random.nextInt(1, 4);
    k.range(0, x.size(1).cdiv(16))
        .stages(stages)
        .each(i -> {
          var rk = i.mul(16).add(k.arange(16));
          var inner = rk.lt(x.size(1));
          var a = x.at(rm.col(), rk.row()).load(inRows.and(inner.row()));
          var b = y.at(rk.col(), rn.row()).load(inner.col().and(inColumns));
          acc.set(k.dot(a, b, acc.get()));
        });
    Tile result = expression(random, List.of(acc::get), random.nextInt(1, 3));
    z.at(rm.col(), rn.row()).store(result.add(acc.get()), inRows.and(inColumns));
  }
}
