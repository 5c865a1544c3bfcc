package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Two-dimensional pooling, channels last: the largest or the mean value under a window.
///
/// [Kind#MAX] ignores what lies outside the image. [Kind#MEAN] counts it as 0 and divides by the
/// whole window; it adds window rows, then columns, ascending, in binary32, divides, and rounds
/// once.
public final class Pool2d {
  /// What a window becomes.
  public enum Kind {
    /// The largest value.
    MAX,
    /// The mean.
    MEAN,
  }

  /// Metas: `TYPE` of `x` and `y` (F32); `KIND`; `KH`, `KW`, the window; `STRIDE`, `PAD`, in both
  /// dimensions, the padding at most half the window; `BW` output columns and `BC` channels of a
  /// program. Arguments: `x` [N,H,W,C], `y` [N,OH,OW,C]. Grid: N x OH, blocks of OW, blocks of C.
  public static final Kernel KERNEL = Kernel.define("pool2d", Pool2d::body);

  private Pool2d() {}

  private static void body(KernelContext k) {
    DType type = k.meta("TYPE", F32);
    Kind kind = k.meta("KIND", Kind.MAX);
    int kh = k.meta("KH", 2);
    int kw = k.meta("KW", 2);
    int stride = k.meta("STRIDE", 2);
    int pad = k.meta("PAD", 0);
    int bw = k.meta("BW", 16);
    int bc = k.meta("BC", 64);
    k.check(kh > 0 && kw > 0 && stride > 0, "pool2d: KH, KW and STRIDE must be positive");
    k.check(
        pad >= 0 && 2 * pad <= Math.min(kh, kw), "pool2d: PAD must be 0 to half of KH and of KW");
    var x = k.in("x", type, 4);
    var y = k.out("y", type, 4);

    var image = k.programId(0).div(y.size(1));
    var row = k.programId(0).rem(y.size(1));
    var columns = k.programId(1).mul(bw).add(k.arange(bw)).col();
    var c = k.programId(2).mul(bc).add(k.arange(bc)).row();
    var inC = c.lt(x.size(3));

    double outside = kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
    Tile total = k.full(F32, outside, bw, bc);
    for (int i = 0; i < kh; i++) {
      for (int j = 0; j < kw; j++) {
        Tile h = row.mul(stride).add((long) i - pad);
        Tile w = columns.mul(stride).add((long) j - pad);
        Mask inside = inside(h, x.size(1)).and(inside(w, x.size(2))).and(inC);
        Tile value = x.at(image, h, w, c).load(inside, outside).to(F32);
        total = kind == Kind.MAX ? total.max(value) : total.add(value);
      }
    }
    Tile result = kind == Kind.MAX ? total : total.div((double) kh * kw);
    y.at(image, row, columns, c).store(result.to(type), columns.lt(y.size(2)).and(inC));
  }

  private static Mask inside(Tile index, Tile size) {
    return index.ge(0).and(index.lt(size));
  }

  /// The kernel on the sizes of `p`, whose output channels are its input channels.
  public static KernelLaunch over(Conv2d.Problem p, Kind kind, DType type) {
    int bw = Math.clamp(nextPow2(p.outColumns()), 1, 64);
    int bc = Math.clamp(nextPow2(p.c()), 1, 256);
    return KERNEL
        .with("TYPE", type)
        .with("KIND", kind)
        .with("KH", p.kh())
        .with("KW", p.kw())
        .with("STRIDE", p.stride())
        .with("PAD", p.pad())
        .with("BW", bw)
        .with("BC", bc)
        .grid(p.n() * p.outRows(), cdiv(p.outColumns(), bw), cdiv(p.c(), bc));
  }
}
