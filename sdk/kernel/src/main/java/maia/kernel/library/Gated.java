package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.numerics.DType;

/// A gated unit, `act(gate) * up`: with SiLU that of Llama's feed-forward layers. Arithmetic is
/// binary32 and rounds once to the type; a contiguous array of any rank can be passed as a vector.
public final class Gated {
  private static final int BLOCK = 4096;

  /// Metas: `TYPE` (BF16), `ACT` (SILU), `BLOCK`, elements of a program. Arguments: `gate`, `up`,
  /// `out`.
  public static final Kernel KERNEL =
      Kernel.define(
          "gated",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            Activation act = k.meta("ACT", Activation.SILU);
            int block = k.meta("BLOCK", BLOCK);
            var gate = k.in("gate", type, 1);
            var up = k.in("up", type, 1);
            var out = k.out("out", type, 1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(gate.size(0));
            var opened = act.apply(gate.at(i).load(mask).to(F32));
            out.at(i).store(opened.mul(up.at(i).load(mask).to(F32)).to(type), mask);
          });

  private Gated() {}

  /// The kernel for `n` elements of `type`.
  public static KernelLaunch over(long n, Activation act, DType type) {
    return KERNEL.with("TYPE", type).with("ACT", act).grid(cdiv(n, BLOCK));
  }
}
