package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Element-wise kernels on vectors; a contiguous array of any rank can be passed as one.
///
/// Metas: `TYPE`, the element type (F32); `BLOCK`, elements per program (4096). Arithmetic is
/// binary32 and rounds once to the type.
public final class Elementwise {
  private static final int BLOCK = 4096;

  /// With enough work for every tile, longer copies hide more of the latency of memory.
  private static final int LARGE_BLOCK = 32_768;

  private static final long LARGE = 64L * LARGE_BLOCK;

  /// `out = x + y`. Arguments: `x`, `y`, `out`.
  public static final Kernel ADD = binary("add", Tile::add);

  /// `out = x - y`. Arguments: `x`, `y`, `out`.
  public static final Kernel SUB = binary("sub", Tile::sub);

  /// `out = x * y`. Arguments: `x`, `y`, `out`.
  public static final Kernel MUL = binary("mul", Tile::mul);

  /// `out = x / y`. Arguments: `x`, `y`, `out`.
  public static final Kernel DIV = binary("div", Tile::div);

  /// `out = f(x)` for the function in meta `ACT` (RELU). Arguments: `x`, `out`.
  public static final Kernel ACTIVATION =
      Kernel.define(
          "activation",
          k -> {
            DType type = k.meta("TYPE", DType.F32);
            Activation act = k.meta("ACT", Activation.RELU);
            int block = k.meta("BLOCK", BLOCK);
            var x = k.in("x", type, 1);
            var out = k.out("out", type, 1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            var value = act.apply(x.at(i).load(mask).to(DType.F32));
            out.at(i).store(value.to(type), mask);
          });

  /// `out = x * factor`. Arguments: `x`, `out`, `factor`.
  public static final Kernel SCALE =
      Kernel.define(
          "scale",
          k -> {
            DType type = k.meta("TYPE", DType.F32);
            int block = k.meta("BLOCK", BLOCK);
            var x = k.in("x", type, 1);
            var out = k.out("out", type, 1);
            var factor = k.f32("factor");
            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            out.at(i).store(x.at(i).load(mask).to(DType.F32).mul(factor).to(type), mask);
          });

  /// `out = x` in another type, to nearest even and saturating. Metas `FROM` (F32) and `TYPE`
  /// (BF16). Arguments: `x`, `out`.
  public static final Kernel CAST =
      Kernel.define(
          "cast",
          k -> {
            DType from = k.meta("FROM", DType.F32);
            DType type = k.meta("TYPE", DType.BF16);
            int block = k.meta("BLOCK", BLOCK);
            var x = k.in("x", from, 1);
            var out = k.out("out", type, 1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            out.at(i).store(x.at(i).load(mask).to(type), mask);
          });

  private Elementwise() {}

  /// `kernel` on a grid that covers `n` elements.
  public static KernelLaunch over(Kernel kernel, long n) {
    int block = n >= LARGE ? LARGE_BLOCK : BLOCK;
    return kernel.with("BLOCK", block).grid(cdiv(n, block));
  }

  /// A function of two operands.
  private interface Function {
    Tile of(Tile x, Tile y);
  }

  private static Kernel binary(String name, Function function) {
    return Kernel.define(
        name,
        k -> {
          DType type = k.meta("TYPE", DType.F32);
          int block = k.meta("BLOCK", BLOCK);
          var x = k.in("x", type, 1);
          var y = k.in("y", type, 1);
          var out = k.out("out", type, 1);
          var i = k.programId(0).mul(block).add(k.arange(block));
          var mask = i.lt(x.size(0));
          var a = x.at(i).load(mask).to(DType.F32);
          // a masked-off divisor reads as 1, so that no lane divides by zero
          var b = y.at(i).load(mask, 1).to(DType.F32);
          out.at(i).store(function.of(a, b).to(type), mask);
        });
  }
}
