package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;

import java.util.Optional;
import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;

/// Two-dimensional convolution, channels last: `y[n,h,w,o]` is `act(sum + bias[o])` over the
/// products `x[n, h*S + i*D - P, w*S + j*D - P, c] * f[i,j,c,o]`.
///
/// A program computes a run of output columns and output channels of one output row, as one matrix
/// product per filter tap and block of input channels. Each output is one chain of fused
/// multiply-adds in binary32 over filter rows, then filter columns, then input channels, all
/// ascending; outside the image `x` is 0. Then the bias, the activation, one rounding.
public final class Conv2d {
  /// Metas: `TYPE` of `x` and `f` (BF16), `OUT` of `y` (BF16); `KH`, `KW`, the filter; `STRIDE`,
  /// `PAD`, `DILATION`, in both dimensions unless `STRIDE_X`, `PAD_X`, `DILATION_X` say otherwise
  /// for columns; `BIAS`, whether `bias` exists; `ACT`; `BW` output columns, `BC` input channels
  /// and `BO` output channels of a step; `STAGES`. Arguments: `x` [N,H,W,C], `f` [KH,KW,C,O],
  /// `bias`, O values of F32, if `BIAS`, `y` [N,OH,OW,O]. Grid: N x OH, blocks of OW, blocks of O.
  public static final Kernel KERNEL = Kernel.define("conv2d", Conv2d::body);

  private Conv2d() {}

  private static void body(KernelContext k) {
    DType type = k.meta("TYPE", DType.BF16);
    DType outType = k.meta("OUT", DType.BF16);
    int bw = k.meta("BW", 32);
    int bc = k.meta("BC", 32);
    int bo = k.meta("BO", 32);
    int stages = k.meta("STAGES", 2);
    Activation act = k.meta("ACT", Activation.NONE);
    Walk taps = Walk.of(k);
    var x = k.in("x", type, 4);
    var f = k.in("f", type, 4);
    Optional<ArrayArg> bias = Epilogue.bias(k);
    var y = k.out("y", outType, 4);

    var image = k.programId(0).div(y.size(1));
    var row = k.programId(0).rem(y.size(1));
    var columns = k.programId(1).mul(bw).add(k.arange(bw)).col();
    var out = k.programId(2).mul(bo).add(k.arange(bo)).row();
    var inOut = out.lt(y.size(3));

    var acc = k.var(k.zeros(F32, bw, bo));
    Tile steps = x.size(3).cdiv(bc);
    k.range(k.scalar(0), steps.mul((long) taps.rows * taps.columns))
        .stages(stages)
        .each(step -> {
          Tile tap = step.div(steps);
          Tile i = tap.div(taps.columns);
          Tile j = tap.rem(taps.columns);
          Tile h = row.mul(taps.strideY).add(i.mul(taps.dilationY)).sub(taps.padY);
          Tile w = columns.mul(taps.strideX).add(j.mul(taps.dilationX)).sub(taps.padX);
          Tile c = step.rem(steps).mul(bc).add(k.arange(bc));
          Mask inImage = inside(h, x.size(1)).and(inside(w, x.size(2)));
          Mask inC = c.lt(x.size(3));
          Tile tx = x.at(image, h, w, c.row()).load(inImage.and(inC.row()));
          Tile tf = f.at(i, j, c.col(), out).load(inC.col().and(inOut));
          acc.set(k.dot(tx, tf, acc.get()));
        });
    Tile sum =
        bias.map(b -> b.block(bo).at(k.programId(2).mul(bo)).load().row())
            .map(b -> acc.get().add(b))
            .orElseGet(acc::get);
    y.at(image, row, columns, out)
        .store(act.apply(sum).to(outType), columns.lt(y.size(2)).and(inOut));
  }

  /// How a filter walks over an image.
  ///
  /// @param rows filter rows
  /// @param columns filter columns
  /// @param strideY rows from one output to the next
  /// @param strideX columns from one output to the next
  /// @param padY zeros above and below the image
  /// @param padX zeros left and right of it
  /// @param dilationY rows from one tap to the next
  /// @param dilationX columns from one tap to the next
  public record Walk(
      int rows,
      int columns,
      int strideY,
      int strideX,
      int padY,
      int padX,
      int dilationY,
      int dilationX) {
    static Walk of(KernelContext k) {
      int stride = k.meta("STRIDE", 1);
      int pad = k.meta("PAD", 0);
      int dilation = k.meta("DILATION", 1);
      Walk walk =
          new Walk(
              k.meta("KH", 3),
              k.meta("KW", 3),
              stride,
              k.meta("STRIDE_X", stride),
              pad,
              k.meta("PAD_X", pad),
              dilation,
              k.meta("DILATION_X", dilation));
      k.check(
          Math.min(walk.rows, walk.columns) > 0
              && Math.min(walk.strideY, walk.strideX) > 0
              && Math.min(walk.dilationY, walk.dilationX) > 0,
          "conv2d: KH, KW, STRIDE and DILATION must be positive");
      k.check(Math.min(walk.padY, walk.padX) >= 0, "conv2d: PAD must not be negative");
      return walk;
    }

    private Kernel apply(Kernel kernel) {
      return kernel
          .with("KH", rows)
          .with("KW", columns)
          .with("STRIDE", strideY)
          .with("STRIDE_X", strideX)
          .with("PAD", padY)
          .with("PAD_X", padX)
          .with("DILATION", dilationY)
          .with("DILATION_X", dilationX);
    }
  }

  private static Mask inside(Tile index, Tile size) {
    return index.ge(0).and(index.lt(size));
  }

  /// Sizes of a convolution.
  ///
  /// @param n images
  /// @param h input rows
  /// @param w input columns
  /// @param c input channels
  /// @param o output channels
  /// @param kh filter rows
  /// @param kw filter columns
  /// @param stride distance of neighbouring outputs, in both dimensions
  /// @param pad zeros around the image
  /// @param dilation distance of neighbouring taps
  public record Problem(
      int n, int h, int w, int c, int o, int kh, int kw, int stride, int pad, int dilation) {
    public Problem {
      Check.argument(
          n > 0 && h > 0 && w > 0 && c > 0 && o > 0 && kh > 0 && kw > 0,
          "convolution: sizes must be positive, were image %dx%dx%dx%d, filter %dx%d, %d outputs",
          n,
          h,
          w,
          c,
          kh,
          kw,
          o);
      Check.argument(
          stride > 0 && pad >= 0 && dilation > 0,
          "convolution: needs stride >= 1, padding >= 0, dilation >= 1, was %d, %d, %d",
          stride,
          pad,
          dilation);
      Check.argument(
          out(h, kh, stride, pad, dilation) > 0 && out(w, kw, stride, pad, dilation) > 0,
          "convolution: a %dx%d filter of dilation %d does not fit into %dx%d with padding %d",
          kh,
          kw,
          dilation,
          h,
          w,
          pad);
    }

    /// Output rows.
    public int outRows() {
      return out(h, kh, stride, pad, dilation);
    }

    /// Output columns.
    public int outColumns() {
      return out(w, kw, stride, pad, dilation);
    }

    private static int out(int size, int taps, int stride, int pad, int dilation) {
      return Math.floorDiv(size + 2 * pad - dilation * (taps - 1) - 1, stride) + 1;
    }
  }

  /// The kernel for sizes and types; the matrix products are as large as the sizes make useful and
  /// the memory of a tile of `machine` holds.
  public static KernelLaunch over(Problem p, DType type, DType out, Machine machine) {
    Walk walk =
        new Walk(
            p.kh(), p.kw(), p.stride(), p.stride(), p.pad(), p.pad(), p.dilation(), p.dilation());
    return over(walk, p.n() * p.outRows(), p.outColumns(), p.c(), p.o(), type, out, machine);
  }

  /// The kernel for `rows` output rows of all images together, `columns` output columns, `c` input
  /// and `o` output channels.
  public static KernelLaunch over(
      Walk walk, int rows, int columns, int c, int o, DType type, DType out, Machine machine) {
    int bw = block(columns, 128);
    int bc = block(c, 128);
    int bo = block(o, 256);
    while (bytes(bw, bc, bo, type, out) > machine.tsram().bytes() && bo > 16) {
      bo /= 2;
    }
    while (bytes(bw, bc, bo, type, out) > machine.tsram().bytes() && bc > 16) {
      bc /= 2;
    }
    return walk.apply(KERNEL)
        .with("TYPE", type)
        .with("OUT", out)
        .with("BW", bw)
        .with("BC", bc)
        .with("BO", bo)
        .grid(rows, cdiv(columns, bw), cdiv(o, bo));
  }

  private static int block(int size, int most) {
    return Math.clamp(nextPow2(size), 16, most);
  }

  /// Bytes of tile memory with the operands of a step in two slots.
  private static long bytes(int bw, int bc, int bo, DType type, DType out) {
    long operands = type.bytes((long) bw * bc) + type.bytes((long) bc * bo);
    return 2 * operands + (4 + 4) * (long) bw * bo + out.bytes((long) bw * bo) + 4L * bo;
  }
}
