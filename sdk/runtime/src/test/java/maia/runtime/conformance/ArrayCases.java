package maia.runtime.conformance;

import static maia.runtime.conformance.Case.ALL;
import static maia.runtime.conformance.Case.FLOATS;
import static maia.runtime.conformance.Case.FULL;
import static maia.runtime.conformance.Case.SCALARS;
import static maia.runtime.conformance.Case.SIZED;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.tensor.Dims;
import maia.tensor.Index;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;

/// Conversions, arrangement, indexing, reductions, order, windows.
final class ArrayCases {
  private static final List<DType> F32 = List.of(DType.F32);

  private ArrayCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    conversions(cases);
    reductions(cases);
    arrangement(cases);
    indexing(cases);
    windows(cases);
    return cases;
  }

  private static void add(List<Case> to, String row, List<DType> types, UnaryOperator<Tensor> run) {
    to.add(Case.of(row, types, SIZED, d -> List.of(d.x(3, 5, 7)), in -> run.apply(in.getFirst())));
  }

  /// Where there must be something to choose from.
  private static void chosen(
      List<Case> to, String row, List<DType> types, UnaryOperator<Tensor> run) {
    to.add(Case.of(row, types, FULL, d -> List.of(d.x(3, 5, 7)), in -> run.apply(in.getFirst())));
  }

  private static void conversions(List<Case> to) {
    for (DType target : SCALARS) {
      UnaryOperator<Tensor> convert =
          x -> (target == DType.U8 && x.type() != DType.BOOL ? x.abs() : x).to(target);
      to.add(
          Case.of(
              "cast",
              SCALARS,
              ALL,
              d -> List.of(d.x(3, 5, 7)),
              in -> convert.apply(in.getFirst())));
    }
    add(
        to,
        "cast",
        FLOATS,
        x -> x.mul(1e30).to(DType.BF16, Rounding.TOWARD_ZERO, Overflow.NON_SATURATE));
    add(to, "contiguous", SCALARS, x -> x.transpose(0, 2).contiguous());
    to.add(
        Case.of(
            "straightThrough",
            FLOATS,
            ALL,
            d -> List.of(d.x(3, 5), d.x(3, 5)),
            in -> in.get(0).straightThrough(in.get(1))));
    for (BlockFormat format :
        List.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8,
            BlockFormat.NVFP4)) {
      add(to, "quantize", F32, x -> x.quantize(format, ScaleRule.FLOOR).dequantize());
      add(
          to,
          "contiguous",
          F32,
          x -> x.quantize(format, ScaleRule.FLOOR).transpose(0, 1).contiguous().dequantize());
    }
    for (BlockFormat format :
        List.of(BlockFormat.MXFP8_E5M2, BlockFormat.MXINT8, BlockFormat.NVFP4)) {
      to.add(
          Case.of(
              "dequantize",
              F32,
              SIZED,
              d -> List.of(d.x(3, 5, 70).quantize(format, ScaleRule.FLOOR)),
              in -> in.getFirst().dequantize()));
    }
  }

  private static void reductions(List<Case> to) {
    for (int[] dims : new int[][] {{}, {0}, {1}, {2}, {0, 2}}) {
      add(to, "sum", SCALARS, x -> x.sum(dims));
      chosen(to, "mean", FLOATS, x -> x.mean(Dims.KEEP, dims));
      chosen(to, "amax", SCALARS, x -> x.amax(dims));
      chosen(to, "amin", SCALARS, x -> x.amin(Dims.KEEP, dims));
    }
    to.add(
        Case.of("sum", F32, List.of(Draw.Kind.SCALAR), d -> List.of(d.x()), in -> in.get(0).sum()));
    for (int d = 0; d < 3; d++) {
      int dim = d;
      chosen(to, "argMax", SCALARS, x -> x.argmax(dim));
      chosen(to, "argsort, argmin", SCALARS, x -> x.argmin(dim));
      add(to, "argsort, argmin", FLOATS, x -> x.argsort(dim));
      add(to, "argsort, argmin", List.of(DType.I32, DType.I8), x -> x.argsortDescending(dim));
      add(to, "gather", FLOATS, x -> x.sort(dim).values());
      add(to, "cumsum", FLOATS, x -> x.cumsum(dim));
      add(to, "cumsum (integers)", Case.WHOLE, x -> x.cumsum(dim));
    }
  }

  private static void arrangement(List<Case> to) {
    to.add(
        Case.of(
            "cat",
            SCALARS,
            FULL,
            d -> List.of(d.x(3, 5, 7), d.x(3, 2, 7)),
            in -> Tensor.cat(in, 1)));
    add(to, "flip", SCALARS, x -> x.flip(0, 2));
    to.add(
        Case.of(
            "oneHot",
            List.of(DType.I64),
            FULL,
            d -> List.of(d.index(5, 3, 4)),
            in -> in.get(0).oneHot(5)));
    to.add(
        Case.of(
            "rows",
            SCALARS.stream().filter(t -> t.bits() >= 8).toList(),
            FULL,
            d -> List.of(d.x(5, 7), d.index(5, 9)),
            in -> in.get(0).rows(in.get(1))));
    add(to, "pad", SCALARS, x -> Spatial.pad(x, Spatial.Padding.ZEROS, 1, 2, 0, 1));
    chosen(to, "pad", SCALARS, x -> Spatial.pad(x, Spatial.Padding.REFLECT, 2, 3));
  }

  private static void indexing(List<Case> to) {
    to.add(
        Case.of(
            "get",
            SCALARS,
            FULL,
            d -> List.of(d.x(4, 5, 7), d.index(4, 3, 1), d.index(5, 2)),
            in -> in.get(0).get(Index.of(in.get(1)), Index.of(in.get(2)))));
    to.add(
        Case.of(
            "put",
            FLOATS,
            FULL,
            d -> List.of(d.x(4, 7), d.index(4, 6), d.x(6, 7)),
            in -> in.get(0).clone().put_(in.get(2), Index.of(in.get(1)))));
    to.add(
        Case.of(
            "put",
            Case.NUMBERS,
            FULL,
            d -> List.of(d.x(4, 7), d.index(4, 6), d.x(6, 7)),
            in -> in.get(0).indexAdd(0, in.get(1), in.get(2))));
    for (int d = 0; d < 3; d++) {
      int dim = d;
      to.add(
          Case.of(
              "gather",
              SCALARS,
              FULL,
              draw -> List.of(draw.x(4, 5, 6), draw.index(4, 2, 3, 4)),
              in -> in.get(0).gather(dim, in.get(1))));
      to.add(
          Case.of(
              "scatter, scatterAdd",
              SCALARS,
              FULL,
              draw -> List.of(draw.x(4, 5, 6), draw.index(4, 2, 3, 4), draw.x(2, 3, 4)),
              in -> in.get(0).scatter(dim, in.get(1), in.get(2))));
      to.add(
          Case.of(
              "scatter, scatterAdd",
              Case.NUMBERS,
              FULL,
              draw -> List.of(draw.x(4, 5, 6), draw.index(4, 2, 3, 4), draw.x(2, 3, 4)),
              in -> in.get(0).scatterAdd(dim, in.get(1), in.get(2))));
    }
    gradients(to);
  }

  /// The transposes of views and choices run in the gradients of their users.
  private static void gradients(List<Case> to) {
    to.add(
        Case.of(
            "scatter",
            F32,
            FULL,
            d -> List.of(d.x(4, 7), d.index(4, 6)),
            in -> gradient(in.get(0), x -> x.rows(in.get(1)).mul(2))));
    to.add(
        Case.of(
            "scatter",
            F32,
            FULL,
            d -> List.of(d.x(4, 7)),
            in -> gradient(in.get(0), x -> x.slice(1, 1, 6, 2).mul(3))));
  }

  private static Tensor gradient(Tensor x, UnaryOperator<Tensor> run) {
    Tensor leaf = x.detach().requireGrad();
    return Tensor.grad(List.of(run.apply(leaf).sum()), List.of(leaf)).getFirst();
  }

  private static void windows(List<Case> to) {
    to.add(
        Case.of(
            "avgPool, interpolate",
            FLOATS,
            FULL,
            d -> List.of(d.x(2, 3, 8, 7)),
            in -> Spatial.avgPool2d(in.get(0), 3, 2, Window.of().stride(2).padding(1))));
    to.add(
        Case.of(
            "maxPool",
            FLOATS,
            FULL,
            d -> List.of(d.x(2, 3, 8, 7)),
            in -> Spatial.maxPool2d(in.get(0), 3, 2, Window.of().stride(2).padding(1))));
  }
}
