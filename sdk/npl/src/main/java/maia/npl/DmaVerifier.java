package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.base.Origin;
import maia.npl.NplException.Category;

/// Checks copies.
record DmaVerifier(OperandVerifier operands) {
  void copy(Instr.Copy c, Set<String> vars) {
    Origin at = c.origin();
    operands.engine("copy", at, Engine.TILE_DMA, Engine.CLUSTER_DMA);
    switch (c.from()) {
      case Place.Window from -> {
        switch (c.to()) {
          case Place.Region to -> move(from, to, true, vars, at);
          case Place.Window _ ->
              Fault.structure(false, at, "copy: both sides lie in HBM; go through a buffer");
        }
      }
      case Place.Region from -> {
        switch (c.to()) {
          case Place.Window to -> move(to, from, false, vars, at);
          case Place.Region to -> moveOnChip(from, to, vars, at);
        }
      }
    }
  }

  private void moveOnChip(Place.Region from, Place.Region to, Set<String> vars, Origin at) {
    var source = operands.anywhere("copy", from, vars, at);
    var target = operands.anywhere("copy", to, vars, at);
    oneSource(from, at);
    reachable(source, from, at);
    reachable(target, to, at);
    Fault.structure(
        from.shape().equals(to.shape()),
        at,
        "copy: boxes differ: %s against %s",
        from.shape(),
        to.shape());
    Fault.type(
        source.type().isFloat() == target.type().isFloat(),
        at,
        "copy: %s cannot be copied to %s; cast on the vector unit",
        source.type().label(),
        target.type().label());
  }

  private static void oneSource(Place.Region from, Origin at) {
    Fault.structure(
        !(from.home() instanceof Home.Lanes),
        at,
        "copy: '%s' is read from several tiles; a copy has one source",
        from.buffer());
  }

  private void reachable(Program.Buffer b, Place.Region region, Origin at) {
    Fault.structure(
        operands.queue().engine() != Engine.CLUSTER_DMA
            || b.space() == Space.CSRAM
            || !(region.home() instanceof Home.Own),
        at,
        "copy: cluster queue '%s' has no tile of its own, '%s' lies in one; name the tiles with 'on'",
        operands.queue().name(),
        b.name());
  }

  private void move(
      Place.Window window, Place.Region region, boolean load, Set<String> vars, Origin at) {
    var buffer = operands.anywhere("copy", region, vars, at);
    reachable(buffer, region, at);
    if (!load) {
      oneSource(region, at);
    }
    var array = operands.arrays().get(window.array());
    Fault.structure(array != null, at, "copy: no array is named '%s'", window.array());
    Fault.structure(
        window.axes().size() == array.rank(),
        at,
        "copy: array '%s' has rank %d, the window has %d axes",
        array.name(),
        array.rank(),
        window.axes().size());
    Fault.type(
        array.type().isFloat() == buffer.type().isFloat(),
        at,
        "copy: array '%s' is %s, buffer '%s' is %s; cast on the vector unit",
        array.name(),
        array.type().label(),
        buffer.name(),
        buffer.type().label());
    Fault.structure(
        load || array.access() != Program.Access.IN,
        at,
        "copy: array '%s' is an input; declare it out or in_out to store to it",
        array.name());
    axes(window, region, array, vars, at);
  }

  private void axes(
      Place.Window window,
      Place.Region region,
      Program.ArrayParam array,
      Set<String> vars,
      Origin at) {
    List<Integer> box = region.shape();
    var covered = new ArrayList<Integer>();
    for (int d = 0; d < window.axes().size(); d++) {
      Place.Axis axis = window.axes().get(d);
      operands.expr(axis.start(), vars, at);
      axis.low().ifPresent(e -> operands.expr(e, vars, at));
      axis.high().ifPresent(e -> operands.expr(e, vars, at));
      int along = axis.along();
      Fault.structure(
          along >= -1 && along < box.size() && (along >= 0 || axis.extent() == 1),
          at,
          "copy: axis %d of '%s' has extent %d along box dimension %d of a box %s",
          d,
          array.name(),
          axis.extent(),
          along,
          box);
      if (along >= 0) {
        Fault.structure(
            !covered.contains(along) && box.get(along) == axis.extent(),
            at,
            "copy: axis %d of '%s' has %d indices, dimension %d of the box %s differs"
                + " or is filled twice",
            d,
            array.name(),
            axis.extent(),
            along,
            box);
        covered.add(along);
      }
      staticWindow(axis, d, array, at);
    }
    for (int d = 0; d < box.size(); d++) {
      Fault.structure(
          box.get(d) == 1 || covered.contains(d),
          at,
          "copy: no axis of '%s' fills dimension %d of the box %s",
          array.name(),
          d,
          box);
    }
  }

  private static void staticWindow(Place.Axis axis, int dim, Program.ArrayParam array, Origin at) {
    boolean masked = axis.low().isPresent() || axis.high().isPresent();
    if (!array.shape().isEmpty() && !masked && axis.start() instanceof Expr.Const(long first)) {
      long size = array.shape().get(dim);
      long last = first + axis.step() * (axis.extent() - 1L);
      Fault.unless(
          Math.min(first, last) >= 0 && Math.max(first, last) < size,
          Category.OUT_OF_BOUNDS,
          at,
          "copy: dimension %d of the window runs over [%d, %d], outside '%s' %s;"
              + " move it inside or mask it",
          dim,
          Math.min(first, last),
          Math.max(first, last),
          array.name(),
          array.shape());
    }
  }
}
