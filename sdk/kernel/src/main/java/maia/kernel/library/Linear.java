package maia.kernel.library;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I8;

import java.util.Set;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.Rounding;

/// A linear layer: `y = act(x[M,K] x w[N,K]^T * scale + bias[N]) * inv_out_scale`, rounded to the
/// type of `y`.
///
/// The order of operations is fixed: one chain of fused multiply-adds in ascending k in binary32,
/// times `scale`, plus `bias`, the activation, times `inv_out_scale`, one rounding (to nearest
/// even, saturating). What is not used is not computed.
///
/// I8 operands are summed in I32, exactly; the sum becomes binary32 before what follows. Plain sums
/// are had with I32 as the type of `y` and nothing that follows.
public final class Linear {
  /// Metas: `X`, `W`, `Y`, element types; `BIAS`, `SCALE`, `OUT_SCALE`, whether those parameters
  /// exist; `ACT`; `BETWEEN`, the type to which sums are rounded before it (F32); `BM`, `BN`, `BK`,
  /// `STAGES`; those of [Lanes]. Arguments in order: `x` [M,K], `w` [N,K], `bias`, N values of F32,
  /// if `BIAS`, `y` [M,N], `scale` if `SCALE`, `inv_out_scale` if `OUT_SCALE`.
  public static final Kernel KERNEL = Kernel.define("linear", Linear::body);

  /// Whether a launch has an optional argument.
  public enum Part {
    /// `bias`, an F32 vector.
    BIAS,
    /// `scale`, a number.
    SCALE,
    /// `inv_out_scale`, a number.
    OUT_SCALE,
  }

  private Linear() {}

  private static void body(KernelContext k) {
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 64);
    int stages = k.meta("STAGES", 3);
    Lanes lanes = Lanes.of(k);
    DType yType = k.meta("Y", F32);
    var x = k.in("x", k.meta("X", DType.BF16), 2);
    var w = k.in("w", k.meta("W", DType.BF16), 2);
    var bias = Epilogue.bias(k);
    var y = k.out("y", yType, 2);

    Span rows = Span.of(k, 0, x.size(0), lanes.down(), Span.unit(bm));
    Span columns = Span.of(k, 1, w.size(0), lanes.across(), Span.unit(bn));
    Epilogue epilogue = Epilogue.of(k, bias, columns.start(), bn);
    DType sumType = x.dtype() == I8 ? I32 : F32;
    var acc = k.var(k.zeros(sumType, bm, bn));
    k.range(0, x.size(1).cdiv(bk))
        .stages(stages)
        .each(step -> {
          var depth = step.mul(bk);
          var tx = x.block(bm, bk).until(rows.end(), x.size(1)).at(rows.start(), depth).load();
          var tw =
              w.block(bn, bk).until(columns.end(), x.size(1)).at(columns.start(), depth).load();
          acc.set(k.dot(tx, tw.t(), acc.get()));
        });
    k.check(
        yType != I32 || (sumType == I32 && epilogue.isEmpty()),
        "linear: Y = I32 is for sums of I8 without bias, scales and activation");
    Tile result = yType == I32 ? acc.get() : epilogue.apply(inF32(acc.get()));
    y.block(bm, bn)
        .until(rows.end(), columns.end())
        .at(rows.start(), columns.start())
        .store(result.to(yType, Rounding.NEAREST_EVEN));
  }

  private static Tile inF32(Tile sums) {
    return sums.dtype() == F32 ? sums : sums.to(F32);
  }

  /// The kernel for sizes, types and optional arguments, with blocks chosen for `machine`.
  public static KernelLaunch over(
      Blocks.Problem problem, Activation act, Set<Part> parts, Machine machine) {
    return over(problem, act, F32, parts, machine);
  }

  /// As [#over(Blocks.Problem, Activation, Set, Machine)] with sums that are rounded to `between`
  /// before the activation, as a layer and an activation of their own would do it.
  public static KernelLaunch over(
      Blocks.Problem problem, Activation act, DType between, Set<Part> parts, Machine machine) {
    Kernel kernel =
        KERNEL
            .with("X", (DType) problem.x())
            .with("W", (DType) problem.w())
            .with("Y", (DType) problem.y())
            .with("BETWEEN", between);
    return Layout.choose(problem, machine).launch(Epilogue.with(kernel, act, parts));
  }
}
