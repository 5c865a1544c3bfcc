package maia.kernel.library;

import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Group normalisation of images `[images, channels, positions]`: mean and variance over the
/// channels of a group and all positions, then `* w + b` per channel.
///
/// Arithmetic is binary32. Sums run over the positions of a block and the channels of the group in
/// the fixed order of reductions, then over the blocks in ascending order; the variance is taken
/// around the mean, in a pass of its own. Each result rounds once.
public final class GroupNorm {
  /// Metas: `TYPE` of `x` and `y` (F32); `GROUP`, channels of a group (it divides the channels);
  /// `HIGH`, a power of two of at least `GROUP`; `BLOCK`, positions of a block; `STAGES`.
  /// Arguments: `x[B,C,P]`, `w`, `b[C]` in F32, `y[B,C,P]`, `eps`. Grid: groups of an image,
  /// images.
  public static final Kernel KERNEL =
      Kernel.define(
          "group_norm",
          k -> {
            DType type = k.meta("TYPE", F32);
            int group = k.meta("GROUP", 8);
            int high = k.meta("HIGH", 8);
            int block = k.meta("BLOCK", 256);
            int stages = k.meta("STAGES", 2);
            var x = k.in("x", type, 3);
            var w = k.in("w", F32, 1);
            var b = k.in("b", F32, 1);
            var y = k.out("y", type, 3);
            var eps = k.f32("eps");
            var image = k.programId(1);
            var first = k.programId(0).mul(group);
            var c = first.add(k.arange(high));
            var inGroup = c.lt(first.add(group));
            Tile positions = x.size(2);
            Tile count = positions.mul(group).to(F32);

            var total = k.var(k.scalar(0).to(F32));
            k.range(0, positions, block)
                .stages(stages)
                .each(n -> {
                  var p = n.add(k.arange(block)).row();
                  var mask = inGroup.col().and(p.lt(positions));
                  total.inc(x.at(image, c.col(), p).load(mask).to(F32).sum());
                });
            var mu = total.get().div(count);
            var squares = k.var(k.scalar(0).to(F32));
            k.range(0, positions, block)
                .stages(stages)
                .each(n -> {
                  var p = n.add(k.arange(block)).row();
                  var mask = inGroup.col().and(p.lt(positions));
                  var d = mask.where(x.at(image, c.col(), p).load(mask).to(F32).sub(mu), 0.0);
                  squares.inc(d.mul(d).sum());
                });
            var rs = squares.get().div(count).add(eps).rsqrt();
            var scale = w.at(c).load(inGroup).col();
            var shift = b.at(c).load(inGroup).col();
            k.range(0, positions, block)
                .stages(stages)
                .each(n -> {
                  var p = n.add(k.arange(block)).row();
                  var mask = inGroup.col().and(p.lt(positions));
                  var normal = x.at(image, c.col(), p).load(mask).to(F32).sub(mu).mul(rs);
                  y.at(image, c.col(), p).store(normal.mul(scale).add(shift).to(type), mask);
                });
          });

  private GroupNorm() {}

  /// The kernel for `images` of `channels` in `groups`, of `type`.
  public static KernelLaunch over(int images, int channels, int groups, DType type) {
    Check.argument(
        groups > 0 && channels % groups == 0,
        "group norm: the groups must divide the channels, were %d and %d",
        groups,
        channels);
    int group = channels / groups;
    return KERNEL
        .with("TYPE", type)
        .with("GROUP", group)
        .with("HIGH", nextPow2(group))
        .grid(groups, images);
  }
}
