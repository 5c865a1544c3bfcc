package maia.sim;

import java.util.Arrays;
import java.util.List;
import maia.npl.NplException;
import maia.npl.NplException.Category;

/// The sizes an instruction works on when it is issued. Boxes with run-time limits must fit each
/// other as their full sizes do, which the verifier checked.
final class Fit {
  private final Binding binding;

  Fit(Binding binding) {
    this.binding = binding;
  }

  int[] box(Entry e) {
    int[] known = e.sizes.box;
    if (known == null) {
      known = box(e, binding);
      e.sizes.box = known;
    }
    return known;
  }

  private static int[] box(Entry e, Binding binding) {
    return switch (e.op) {
      case Op.Product p -> product(e, p);
      case Op.Map m -> {
        int[] box = e.shape(m.out());
        inputs(e, m.inputs(), m.out().extent(), m.out().isTransposed(), box, binding);
        yield box;
      }
      case Op.Reduce r -> reduce(e, r, binding);
      case Op.Quantize q -> quantize(e, q);
      case Op.Move m -> {
        int[] from = e.shape(m.from());
        same(e, "copy", from, e.shape(m.to()));
        yield from;
      }
      case Op.Fold f -> f.extent();
      case Op.Sort s -> s.extent();
      case Op.Histogram h -> h.extent();
      case Op.Show s -> s.extent();
      case Op.Verify v -> v.extent();
      default -> new int[0];
    };
  }

  private static int[] product(Entry e, Op.Product p) {
    int[] acc = e.shape(p.acc());
    int[] a = e.shape(p.a());
    int[] b = e.shape(p.b());
    int m = last(acc, 2);
    int n = last(acc, 1);
    int k = last(a, 1);
    unless(
        last(a, 2) == m && last(b, 2) == k && last(b, 1) == n,
        e,
        "sizes do not fit: acc is %s, a is %s, b is %s",
        acc,
        a,
        b);
    if (p.aScale() != null && p.bScale() != null) {
      int[] aScale = e.shape(p.aScale());
      int[] bScale = e.shape(p.bScale());
      int blocks = Math.ceilDiv(k, p.block());
      unless(
          last(aScale, 2) == m
              && last(aScale, 1) == blocks
              && last(bScale, 2) == blocks
              && last(bScale, 1) == n,
          e,
          "scales do not fit: a is %s with %s, b is %s with %s",
          a,
          aScale,
          b,
          bScale);
    }
    return new int[] {m, n, k};
  }

  private static int last(int[] sizes, int back) {
    return sizes[sizes.length - back];
  }

  private static int[] reduce(Entry e, Op.Reduce r, Binding binding) {
    int[] box = r.extent().clone();
    for (Op.RegionRef in : r.inputs()) {
      int[] whole = seen(in.extent(), in.isTransposed());
      int[] own = e.shape(in);
      for (int back = 1; back <= whole.length; back++) {
        if (last(whole, back) == last(r.extent(), back) && last(whole, back) > 1) {
          box[box.length - back] = last(own, back);
        }
      }
    }
    inputs(e, r.inputs(), r.extent(), false, box, binding);
    int[] out = e.shape(r.out());
    int[] expected = new int[out.length];
    boolean isKept = out.length == box.length;
    for (int d = 0, at = 0; d < box.length; d++) {
      if (d != r.axis()) {
        expected[at++] = box[d];
      } else if (isKept) {
        expected[at++] = 1;
      }
    }
    same(e, "result", expected, out);
    return box;
  }

  private static int[] quantize(Entry e, Op.Quantize q) {
    int[] in = e.shape(q.in());
    same(e, "elements", in, e.shape(q.elements()));
    int[] blocks = in.clone();
    int last = blocks.length - 1;
    blocks[last] = Math.ceilDiv(in[last], q.format().block());
    same(e, "scales", blocks, e.shape(q.scales()));
    return in;
  }

  /// Every input must have the sizes of the box where its full size has, and 1 elsewhere.
  private static void inputs(
      Entry e,
      List<Op.RegionRef> inputs,
      int[] extent,
      boolean isTransposed,
      int[] box,
      Binding binding) {
    int[] full = seen(extent, isTransposed);
    for (Op.RegionRef in : inputs) {
      int[] whole = seen(in.extent(), in.isTransposed());
      int[] own = e.shape(in);
      for (int back = 1; back <= whole.length; back++) {
        boolean spreads = last(whole, back) == 1 && last(full, back) > 1;
        unless(
            last(own, back) == (spreads ? 1 : last(box, back)),
            e,
            "'%s' is %s, the box is %s",
            binding.program.buffers().get(in.buffer()).name(),
            own,
            box);
      }
    }
  }

  private static int[] seen(int[] sizes, boolean isTransposed) {
    if (!isTransposed) {
      return sizes;
    }
    int[] seen = sizes.clone();
    int last = seen.length - 1;
    seen[last] = sizes[last - 1];
    seen[last - 1] = sizes[last];
    return seen;
  }

  private static void same(Entry e, String what, int[] expected, int[] found) {
    unless(Arrays.equals(expected, found), e, "%s must be %s, is %s", what, expected, found);
  }

  private static void unless(boolean holds, Entry e, String format, Object... values) {
    if (holds) {
      return;
    }
    Object[] texts =
        Arrays.stream(values).map(v -> v instanceof int[] a ? Arrays.toString(a) : v).toArray();
    throw new NplException(
        Category.STRUCTURE,
        "%s: %s; give their run-time limits the same values"
            .formatted(e.op.info().label(), format.formatted(texts)),
        e.op.info().origin());
  }
}
