package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Elements read from, and written to, places that arrays of positions name. Positions are I64;
/// negative ones count from the end where that is said. A place outside the array stops the run.
///
/// Writes happen one after another in the order of the positions, so that of several values for one
/// place the last stays, and sums have one order.
public final class Places {
  private static final int ROWS = 16;

  /// What writing does.
  public enum Write {
    /// The value replaces what is there.
    SET,
    /// The value is added to what is there.
    ADD,
  }

  private Places() {}

  private static Tile wrapped(Tile position, Tile size) {
    return position.lt(0).where(position.add(size), position);
  }

  private static List<Tile> coordinates(
      ArrayArg x, List<ArrayArg> positions, Function<ArrayArg, Tile> load) {
    List<Tile> coordinates = new ArrayList<>();
    for (ArrayArg position : positions) {
      coordinates.add(wrapped(load.apply(position), x.size(coordinates.size())));
    }
    return coordinates;
  }

  private static Tile[] with(List<Tile> coordinates, Tile last) {
    List<Tile> all = new ArrayList<>(coordinates);
    all.add(last);
    return all.toArray(Tile[]::new);
  }

  private static List<ArrayArg> positions(KernelContext k, int dims) {
    List<ArrayArg> positions = new ArrayList<>();
    for (int d = 0; d < dims; d++) {
      positions.add(k.in("p" + d, I64, 1));
    }
    return positions;
  }

  /// `out[i] = x[p0[i], p1[i], ..]` with `dims` arrays of `n` positions: sub-arrays of `width`
  /// elements. Positions may be negative. Arguments: `x[s0, s1, .., width]`, `p0`, `p1`, ..,
  /// `out[n, width]`.
  public static KernelLaunch take(int dims, long n, long width, DType type) {
    int columns = Math.min(256, nextPow2(width));
    Kernel kernel =
        Kernel.define(
            "take",
            k -> {
              var x = k.in("x", type, dims + 1);
              var positions = positions(k, dims);
              var out = k.out("out", type, 2);
              var i = k.programId(0).mul(ROWS).add(k.arange(ROWS));
              var c = k.programId(1).mul(columns).add(k.arange(columns)).row();
              Mask inRows = i.lt(out.size(0));
              Mask mask = inRows.col().and(c.lt(out.size(1)));
              List<Tile> at =
                  coordinates(x, positions, p -> p.at(i).load(inRows)).stream()
                      .map(Tile::col)
                      .toList();
              out.at(i.col(), c).store(x.at(with(at, c)).load(mask), mask);
            });
    return kernel.grid(cdiv(n, ROWS), cdiv(width, columns));
  }

  /// `out[p0[i], p1[i], ..] = values[i]`, or added to it, in ascending i; see [#take]. Sums are in
  /// the element type. Arguments: `values[n, width]`, `p0`, .., `out[s0, s1, .., width]`, which is
  /// read and written.
  public static KernelLaunch put(int dims, long width, DType type, Write how) {
    int columns = Math.min(1024, nextPow2(width));
    Kernel kernel =
        Kernel.define(
            how == Write.ADD ? "put_add" : "put",
            k -> {
              var values = k.in("values", type, 2);
              var positions = positions(k, dims);
              var out = k.inOut("out", type, dims + 1);
              var c = k.programId(0).mul(columns).add(k.arange(columns));
              Mask mask = c.lt(values.size(1));
              k.range(0, values.size(0))
                  .stages(1)
                  .each(i -> {
                    List<Tile> at = coordinates(out, positions, p -> p.at(i).load());
                    Tile value = values.at(i, c).load(mask);
                    var place = out.at(with(at, c));
                    place.store(how == Write.ADD ? place.load(mask).add(value) : value, mask);
                  });
            });
    return kernel.grid(cdiv(width, columns));
  }

  /// `out[r, j] = x[r, index[r, j]]`. Arguments: `x[rows, n]`, `index[rows, m]` of I64, `out[rows,
  /// m]`.
  public static KernelLaunch gather(long rows, long m, DType type) {
    int columns = Math.min(256, nextPow2(m));
    int high = Math.min(nextPow2(rows), Math.max(1, 1024 / columns));
    Kernel kernel =
        Kernel.define(
            "gather",
            k -> {
              var x = k.in("x", type, 2);
              var index = k.in("index", I64, 2);
              var out = k.out("out", type, 2);
              var r = k.programId(0).mul(high).add(k.arange(high)).col();
              var j = k.programId(1).mul(columns).add(k.arange(columns)).row();
              Mask mask = r.lt(out.size(0)).and(j.lt(out.size(1)));
              Tile place = index.at(r, j).load(mask);
              out.at(r, j).store(x.at(r, place).load(mask), mask);
            });
    return kernel.grid(cdiv(rows, high), cdiv(m, columns));
  }

  /// `out[r, index[r, j]] = values[r, j]`, or added to it, in ascending j. Arguments: `values[rows,
  /// m]`, `index[rows, m]` of I64, `out[rows, n]`, which is read and written.
  public static KernelLaunch scatter(long rows, DType type, Write how) {
    int high = Math.min(256, nextPow2(rows));
    Kernel kernel =
        Kernel.define(
            how == Write.ADD ? "scatter_add" : "scatter",
            k -> {
              var values = k.in("values", type, 2);
              var index = k.in("index", I64, 2);
              var out = k.inOut("out", type, 2);
              var r = k.programId(0).mul(high).add(k.arange(high));
              Mask mask = r.lt(values.size(0));
              k.range(0, values.size(1))
                  .stages(1)
                  .each(j -> {
                    Tile at = index.at(r, j).load(mask);
                    Tile value = values.at(r, j).load(mask);
                    var place = out.at(r, at);
                    place.store(how == Write.ADD ? place.load(mask).add(value) : value, mask);
                  });
            });
    return kernel.grid(cdiv(rows, high));
  }

  /// New elements along an axis as sums of weighted old ones: `out[o, t, i] = sum over j of
  /// weight[t, j] * x[o, index[t, j], i]` for the first `count[t]` entries, in ascending j, in
  /// binary32, rounded once to the type; 0 where there are none. Arguments: `x[outer, from,
  /// inner]`, `index[to, taps]` of I64, `weight[to, taps]` of F32, `count[to]` of I64, `out[outer,
  /// to, inner]`.
  public static KernelLaunch mix(long outer, long to, int taps, long inner, DType type) {
    int columns = Math.min(256, nextPow2(inner));
    int high = Math.min(nextPow2(to), Math.max(1, 1024 / columns));
    Kernel kernel =
        Kernel.define(
            "along_axis",
            k -> {
              var x = k.in("x", type, 3);
              var index = k.in("index", I64, 2);
              var weight = k.in("weight", F32, 2);
              var count = k.in("count", I64, 1);
              var out = k.out("out", type, 3);
              var o = k.programId(2);
              var t = k.programId(0).mul(high).add(k.arange(high));
              var i = k.programId(1).mul(columns).add(k.arange(columns)).row();
              Mask inTo = t.lt(out.size(1));
              Mask inInner = i.lt(out.size(2));
              Tile many = count.at(t).load(inTo);
              var sum = k.var(k.zeros(F32, high, columns));
              k.range(0, taps)
                  .stages(2)
                  .each(j -> {
                    Mask isThere = inTo.and(many.gt(j));
                    Tile place = index.at(t, j).load(isThere);
                    Tile w = weight.at(t, j).load(isThere);
                    Mask mask = isThere.col().and(inInner);
                    Tile value = x.at(o, place.col(), i).load(mask).to(F32);
                    Tile product = value.mul(w.col());
                    Tile added = j.eq(0).where(product, sum.get().add(product));
                    sum.set(mask.where(added, sum.get()));
                  });
              Mask mask = inTo.col().and(inInner);
              out.at(o, t.col(), i).store(sum.get().to(type), mask);
            });
    return kernel.grid(cdiv(to, high), cdiv(inner, columns), Math.toIntExact(outer));
  }

  /// The elements along an axis that positions name, 0 where a position is negative. Arguments:
  /// `x[outer, from, inner]`, `index[to]` of I64, `out[outer, to, inner]`.
  public static KernelLaunch pick(long outer, long to, long inner, DType type) {
    int columns = Math.min(256, nextPow2(inner));
    int high = Math.min(nextPow2(to), Math.max(1, 1024 / columns));
    Kernel kernel =
        Kernel.define(
            "pick",
            k -> {
              var x = k.in("x", type, 3);
              var index = k.in("index", I64, 1);
              var out = k.out("out", type, 3);
              var o = k.programId(2);
              var t = k.programId(0).mul(high).add(k.arange(high));
              var i = k.programId(1).mul(columns).add(k.arange(columns)).row();
              Mask mask = t.lt(out.size(1)).col().and(i.lt(out.size(2)));
              Tile place = index.at(t).load(t.lt(out.size(1)));
              Mask isThere = mask.and(place.ge(0).col());
              out.at(o, t.col(), i).store(x.at(o, place.col(), i).load(isThere), mask);
            });
    return kernel.grid(cdiv(to, high), cdiv(inner, columns), Math.toIntExact(outer));
  }
}
