package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Rotary position embedding: pairs of channels turn by an angle that depends on the position, `(a
/// cos - b sin, b cos + a sin)`.
///
/// Each product rounds to binary32, then the sum or difference, then once to the type.
public final class Rotary {
  private static final int BLOCK = 32;

  /// Metas: `TYPE` of `x` and `y` (BF16); `D`, channels of a head, a power of two; `PAIRS`;
  /// `BLOCK`, positions of a program. Arguments: `x[T, heads, D]`, `cos`, `sin[T, D/2]` in F32, `y`
  /// [T, heads, D]. Grid: blocks of positions, heads.
  public static final Kernel KERNEL =
      Kernel.define(
          "rotary",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            int d = k.meta("D", 64);
            Pairs pairs = k.meta("PAIRS", Pairs.HALVES);
            int block = k.meta("BLOCK", BLOCK);
            var x = k.in("x", type, 3);
            var cos = k.in("cos", F32, 2);
            var sin = k.in("sin", F32, 2);
            var y = k.out("y", type, 3);
            var head = k.programId(1);
            var t = k.programId(0).mul(block).add(k.arange(block)).col();
            var present = t.lt(x.size(0));
            var i = k.arange(d / 2).row();
            Tile first = pairs == Pairs.HALVES ? i : i.mul(2);
            Tile second = pairs == Pairs.HALVES ? i.add(d / 2) : i.mul(2).add(1);
            var a = x.at(t, head, first).load(present).to(F32);
            var b = x.at(t, head, second).load(present).to(F32);
            var c = cos.at(t, i).load(present);
            var s = sin.at(t, i).load(present);
            y.at(t, head, first).store(a.mul(c).sub(b.mul(s)).to(type), present);
            y.at(t, head, second).store(b.mul(c).add(a.mul(s)).to(type), present);
          });

  /// Which channels turn together.
  public enum Pairs {
    /// Channel `i` and channel `i + D/2`.
    HALVES,
    /// Channels `2i` and `2i + 1`.
    NEIGHBOURS,
  }

  private Rotary() {}

  /// The kernel for `positions` of `heads` with `d` channels, of `type`.
  public static KernelLaunch over(long positions, int heads, int d, DType type) {
    Check.argument(
        d >= 2 && Integer.bitCount(d) == 1, "rotary: channels must be a power of two, were %d", d);
    return KERNEL.with("TYPE", type).with("D", d).grid(cdiv(positions, BLOCK), heads);
  }
}
