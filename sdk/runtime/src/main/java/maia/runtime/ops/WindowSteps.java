package maia.runtime.ops;

import java.util.Arrays;
import java.util.List;
import maia.kernel.library.Places;
import maia.kernel.library.WindowPlace;
import maia.numerics.DType;
import maia.tensor.AlongAxis;
import maia.tensor.Tensor;
import maia.tensor.Weights;
import maia.tensor.WindowMaximum;

/// Padding, pooling, interpolation: new elements along a dimension from a few old ones.
final class WindowSteps {
  private static final Rule SUMS =
      new Rule.Within(0x1p-20, Rule.Per.TERMS, "weights and sums in fp32, the host adds in fp64");

  private WindowSteps() {}

  static void enter(Table table) {
    table
        .family("windows")
        .add(
            AlongAxis.class,
            AlongAxis.class,
            "avgPool, interpolate",
            Types.SCALARS,
            SUMS,
            WindowSteps::mix)
        .row("pad", "AlongAxis", Types.SCALARS.label(), Rule.bits())
        .add(
            WindowMaximum.class,
            WindowMaximum.class,
            "maxPool",
            Types.FLOATS,
            Rule.bits(),
            WindowSteps::largest);
  }

  private static Tensor mix(Runner on, AlongAxis op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    boolean isPicking =
        Arrays.stream(op.weights().weight())
            .allMatch(w -> w.length == 0 || w.length == 1 && w[0] == 1);
    if (!isPicking && !like.dtype().isFloat()) {
      throw on.refusal(op, "the kernel weighs floats, got " + x.type().label());
    }
    return isPicking ? pick(on, x, op.dim(), picked(op.weights())) : mix(on, x, op, like);
  }

  private static int[] picked(Weights weights) {
    return Arrays.stream(weights.index()).mapToInt(i -> i.length == 0 ? -1 : i[0]).toArray();
  }

  private static Tensor mix(Runner on, Tensor x, AlongAxis op, Tensor like) {
    int to = op.weights().index().length;
    int taps = Arrays.stream(op.weights().index()).mapToInt(i -> i.length).max().orElse(0);
    long[] index = new long[to * taps];
    float[] weight = new float[to * taps];
    long[] count = new long[to];
    for (int t = 0; t < to; t++) {
      int[] row = op.weights().index()[t];
      count[t] = row.length;
      for (int j = 0; j < row.length; j++) {
        index[t * taps + j] = row[j];
        weight[t * taps + j] = (float) op.weights().weight()[t][j];
      }
    }
    long[] three = three(x, op.dim());
    Tensor out = on.result(x.isMeta(), like.type(), three[0], to, three[2]);
    on.launch(
        Places.mix(three[0], to, taps, three[2], x.dtype()),
        x.isMeta(),
        on.reshape(x, three),
        on.constant(x.isMeta(), Tensor.ofLongs(index).reshape(to, taps)),
        on.constant(x.isMeta(), Tensor.of(weight, to, taps)),
        on.constant(x.isMeta(), Tensor.ofLongs(count)),
        out);
    return on.reshape(out, like.shape());
  }

  private static long[] three(Tensor x, int dim) {
    long[] three = {1, x.size(dim), 1};
    for (int d = 0; d < x.rank(); d++) {
      three[0] *= d < dim ? x.size(d) : 1;
      three[2] *= d > dim ? x.size(d) : 1;
    }
    return three;
  }

  /// The elements of dimension `dim` that `index` names, 0 where it is negative.
  static Tensor pick(Runner on, Tensor x, int dim, int... index) {
    long[] three = three(x, dim);
    Tensor rows = on.reshape(x, three);
    Tensor out = on.result(x.isMeta(), x.type(), three[0], index.length, three[2]);
    long[] places = Arrays.stream(index).asLongStream().toArray();
    on.launch(
        Places.pick(three[0], index.length, three[2], x.dtype()),
        x.isMeta(),
        rows,
        on.constant(x.isMeta(), Tensor.ofLongs(places)),
        out);
    long[] shape = x.shape();
    shape[dim] = index.length;
    return on.reshape(out, shape);
  }

  private static Tensor largest(Runner on, WindowMaximum op, List<Tensor> inputs, Tensor like) {
    Tensor x = inputs.getFirst();
    long height = x.size(-2);
    long width = x.size(-1);
    long planes = x.elements() / (height * width);
    Tensor out = on.result(x.isMeta(), DType.I64, planes, op.rows().length, op.columns().length);
    on.launch(
        WindowPlace.over(
            planes,
            taps(op.rows()),
            op.rows().length,
            taps(op.columns()),
            op.columns().length,
            x.dtype()),
        x.isMeta(),
        on.reshape(x, planes, height, width),
        table(on, x.isMeta(), op.rows()),
        table(on, x.isMeta(), op.columns()),
        out);
    return on.reshape(out, like.shape());
  }

  private static int taps(int[][] seen) {
    return Arrays.stream(seen).mapToInt(s -> s.length).max().orElse(0);
  }

  /// The elements that each result sees; shorter lists repeat their last one, which changes no
  /// first largest element.
  private static Tensor table(Runner on, boolean isMeta, int[][] seen) {
    int taps = taps(seen);
    long[] all = new long[seen.length * taps];
    for (int r = 0; r < seen.length; r++) {
      for (int j = 0; j < taps; j++) {
        all[r * taps + j] = seen[r][Math.min(j, seen[r].length - 1)];
      }
    }
    return on.constant(isMeta, Tensor.ofLongs(all).reshape(seen.length, taps));
  }
}
