package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// For each window of a plane, the place (row times width plus column) of its first largest
/// element; NaN elements are passed over. Windows are the products of a list of rows and a list of
/// columns.
public final class WindowPlace {
  private WindowPlace() {}

  /// The kernel for `planes` planes of `type`, `outRows` x `outColumns` windows of `rowTaps` x
  /// `columnTaps` elements. Arguments: `x[planes, height, width]`, `rows[outRows, rowTaps]`,
  /// `columns[outColumns, columnTaps]`, both I64, `out[planes, outRows, outColumns]` of I64.
  public static KernelLaunch over(
      long planes, int rowTaps, int outRows, int columnTaps, int outColumns, DType type) {
    int block = Math.min(256, nextPow2(outColumns));
    Kernel kernel =
        Kernel.define(
            "window_place",
            k -> {
              var x = k.in("x", type, 3);
              var rows = k.in("rows", I64, 2);
              var columns = k.in("columns", I64, 2);
              var out = k.out("out", I64, 3);
              var plane = k.programId(2);
              var r = k.programId(1);
              var c = k.programId(0).mul(block).add(k.arange(block));
              Mask mask = c.lt(out.size(2));
              Tile firstRow = rows.at(r, k.scalar(0)).load();
              Tile firstColumn = columns.at(c, k.scalar(0)).load(mask);
              var best = k.var(x.at(plane, firstRow, firstColumn).load(mask).to(F32));
              var place = k.var(firstRow.mul(x.size(2)).add(firstColumn));
              k.range(0, rowTaps)
                  .each(i -> {
                    Tile h = rows.at(r, i).load();
                    k.range(0, columnTaps)
                        .each(j -> {
                          Tile w = columns.at(c, j).load(mask);
                          Tile value = x.at(plane, h, w).load(mask).to(F32);
                          Tile here = h.mul(x.size(2)).add(w);
                          Mask isOther = here.ne(place.get());
                          Mask better =
                              value.gt(best.get()).or(best.get().ne(best.get())).and(isOther);
                          place.set(better.where(here, place.get()));
                          best.set(better.where(value, best.get()));
                        });
                  });
              out.at(plane, r, c).store(place.get(), mask);
            });
    return kernel.grid(cdiv(outColumns, block), outRows, Math.toIntExact(planes));
  }
}
