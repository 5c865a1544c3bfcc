package maia.npl;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maia.base.Check;
import maia.base.Origin;
import maia.numerics.DType;

/// Checks folds, sorts, histograms, gathers, scatters, atomics, prints and assertions.
record IrregularVerifier(OperandVerifier operands, VectorVerifier vector) {
  void check(Instr.Irregular instr, Set<String> vars) {
    instr.read().forEach(r -> noLimits(r, instr.origin()));
    instr.written().forEach(r -> noLimits(r, instr.origin()));
    instr
        .lanes()
        .forEach(lane ->
            Lanes.visit(
                lane,
                node -> {
                  if (node instanceof Lane.In(var region)) {
                    noLimits(region, instr.origin());
                  }
                }));
    switch (instr) {
      case Instr.Fold f -> fold(f, vars);
      case Instr.Sort s -> sort(s, vars);
      case Instr.Histogram h -> histogram(h, vars);
      case Instr.Gather g -> lookup("gather", g.from(), g.to(), vars, g.origin());
      case Instr.Scatter s -> {
        writable("scatter", s.to(), s.origin());
        lookup("scatter", s.to(), s.from(), vars, s.origin());
      }
      case Instr.Atomic a -> atomic(a, vars);
      case Instr.Print p -> {
        operands.engine("print", p.origin(), Engine.TVP);
        positive("print", p.extent(), p.origin());
        vector.lane("print", p.value(), p.extent(), vars, p.origin());
      }
      case Instr.Assert a -> truth("assert", a.condition(), a.extent(), vars, a.origin());
      case Instr.Assume a -> truth("assume", a.condition(), a.extent(), vars, a.origin());
    }
  }

  static void noLimits(Place.Region r, Origin at) {
    Fault.unless(
        r.limits().isEmpty() && r.home() instanceof Home.Own,
        NplException.Category.NOT_BUILT,
        at,
        "the box of '%s' has run-time sizes or lies on another tile, which this instruction does"
            + " not take; use a whole box of the tile itself, and a mask",
        r.buffer());
  }

  private static void positive(String what, List<Integer> extent, Origin at) {
    Fault.structure(
        extent.stream().allMatch(s -> s > 0),
        at,
        "%s: sizes of a box must be positive, were %s",
        what,
        extent);
  }

  private void truth(
      String what, Lane condition, List<Integer> extent, Set<String> vars, Origin at) {
    operands.engine(what, at, Engine.TVP);
    positive(what, extent, at);
    var kind = vector.lane(what, condition, extent, vars, at);
    Fault.type(
        kind == Lanes.Kind.BOOL,
        at,
        "%s: needs truth values, was %s; compare it",
        what,
        LaneText.lower(kind));
  }

  private static void axis(String what, int axis, List<Integer> extent, Origin at) {
    Fault.structure(
        axis >= 0 && axis < extent.size() && extent.stream().allMatch(s -> s > 0),
        at,
        "%s: axis %d of a box %s",
        what,
        axis,
        extent);
  }

  // ---- vector processor

  private void fold(Instr.Fold f, Set<String> vars) {
    Origin at = f.origin();
    operands.engine("fold", at, Engine.TVP);
    axis("fold", f.axis(), f.extent(), at);
    int count = f.values().size();
    Fault.structure(
        count > 0 && f.outs().size() == count && f.combine().size() == count,
        at,
        "fold: needs as many results as values and combined values, was %d, %d and %d",
        f.outs().size(),
        count,
        f.combine().size());
    var kinds = new ArrayList<Lanes.Kind>();
    for (Lane value : f.values()) {
      kinds.add(vector.lane("fold", value, f.extent(), vars, at));
    }
    for (int i = 0; i < count; i++) {
      combiner(f.combine().get(i), kinds, at);
      Lanes.Kind kind = vector.combined("fold", f.combine().get(i), f.extent(), vars, at);
      Fault.type(
          kind == kinds.get(i),
          at,
          "fold: value %d is %s, but combines to %s; cast one of them",
          i,
          LaneText.lower(kinds.get(i)),
          LaneText.lower(kind));
      var out = operands.tile("fold", f.outs().get(i), vars, at);
      VectorVerifier.stored("fold", kind, out, at);
      shape(f, f.outs().get(i), at);
    }
  }

  /// A combiner is a function of its parameters alone.
  private static void combiner(Lane lane, List<Lanes.Kind> kinds, Origin at) {
    Lanes.visit(
        lane,
        node -> {
          switch (node) {
            case Lane.Param(_, int index, var type) -> {
              Fault.structure(
                  index >= 0 && index < kinds.size(),
                  at,
                  "fold: the combiner reads parameter %d of %d",
                  index,
                  kinds.size());
              Fault.type(
                  Lanes.Kind.of(type) == kinds.get(index),
                  at,
                  "fold: parameter %d is %s, value %d is %s",
                  index,
                  type.label(),
                  index,
                  LaneText.lower(kinds.get(index)));
            }
            case Lane.In _, Lane.Pick _, Lane.Iota _ ->
                Fault.structure(
                    false,
                    at,
                    "fold: a combiner reads its parameters only; pass other data as a value");
            case Lane.Cast c ->
                Fault.structure(
                    !(c.rounding() instanceof maia.numerics.Rounding.Stochastic),
                    at,
                    "fold: a combiner cannot round stochastically; round the result");
            case Lane.Const _, Lane.Index _, Lane.Scalar _, Lane.Unary _, Lane.Binary _ -> {}
            case Lane.Fma _, Lane.Select _, Lane.Bitcast _, Lane.Philox _ -> {}
          }
        });
  }

  private static void shape(Instr.Fold f, Place.Region out, Origin at) {
    var removed = new ArrayList<>(f.extent());
    removed.remove(f.axis());
    var kept = new ArrayList<>(f.extent());
    kept.set(f.axis(), 1);
    List<Integer> shape = out.shape();
    boolean fits =
        switch (f.kind()) {
          case REDUCE -> shape.equals(removed) || shape.equals(kept);
          case SCAN -> shape.equals(f.extent());
        };
    Fault.structure(
        fits,
        at,
        "fold: a %s along axis %d of %s does not give '%s' %s",
        LaneText.lower(f.kind()),
        f.axis(),
        f.extent(),
        out.buffer(),
        shape);
  }

  private void sort(Instr.Sort s, Set<String> vars) {
    Origin at = s.origin();
    operands.engine("sort", at, Engine.TVP);
    axis("sort", s.axis(), s.extent(), at);
    var out = operands.tile("sort", s.out(), vars, at);
    var kind = vector.lane("sort", s.value(), s.extent(), vars, at);
    Fault.type(kind != Lanes.Kind.BOOL, at, "sort: takes numbers, was a truth value; use select");
    VectorVerifier.stored("sort", kind, out, at);
    same("sort", s.extent(), s.out(), at);
  }

  private static void same(String what, List<Integer> extent, Place.Region out, Origin at) {
    Fault.structure(
        out.shape().equals(extent),
        at,
        "%s: the box is %s, '%s' is %s",
        what,
        extent,
        out.buffer(),
        out.shape());
  }

  private void histogram(Instr.Histogram h, Set<String> vars) {
    Origin at = h.origin();
    operands.engine("histogram", at, Engine.TVP);
    positive("histogram", h.extent(), at);
    var out = operands.tile("histogram", h.out(), vars, at);
    var kind = vector.lane("histogram", h.value(), h.extent(), vars, at);
    Fault.type(
        kind == Lanes.Kind.INT && out.type() == DType.I32,
        at,
        "histogram: counts integers into i32 bins, was %s into %s",
        LaneText.lower(kind),
        out.type().label());
    h.mask()
        .ifPresent(mask ->
            Fault.type(
                vector.lane("histogram", mask, h.extent(), vars, at) == Lanes.Kind.BOOL,
                at,
                "histogram: the mask must be truth values; compare it"));
  }

  // ---- DMA

  private void writable(String what, Lookup lookup, Origin at) {
    var array = operands.arrays().get(lookup.array());
    Fault.structure(
        array == null || array.access() != Program.Access.IN,
        at,
        "%s: array '%s' is an input; declare it out or in_out to store to it",
        what,
        lookup.array());
  }

  private void atomic(Instr.Atomic a, Set<String> vars) {
    Origin at = a.origin();
    writable("atomic", a.target(), at);
    lookup("atomic", a.target(), a.value(), vars, at);
    String array = a.target().array();
    DType type = Check.present(operands.arrays().get(array), "IrregularVerifier", array).type();
    boolean isFloat = type.isFloat();
    boolean isLogic =
        a.op() == Instr.AtomicOp.AND || a.op() == Instr.AtomicOp.OR || a.op() == Instr.AtomicOp.XOR;
    Fault.type(
        type != DType.BOOL && !(isFloat && isLogic) && type.bits() >= Byte.SIZE,
        at,
        "atomic: %s of %s elements is not possible; use a wider or an integer type",
        LaneText.lower(a.op()),
        type.label());
    Fault.structure(
        a.compare().isPresent() == (a.op() == Instr.AtomicOp.CAS),
        at,
        "atomic: cas needs a value to compare with, other operations none");
    for (Optional<Place.Region> more : List.of(a.compare(), a.old())) {
      if (more.isPresent()) {
        var buffer = operands.tile("atomic", more.get(), vars, at);
        Fault.type(
            Lanes.Kind.of(buffer.type()) == Lanes.Kind.of(type),
            at,
            "atomic: array '%s' is %s, buffer '%s' is %s; cast on the vector unit",
            a.target().array(),
            type.label(),
            buffer.name(),
            buffer.type().label());
        same("atomic", a.value().shape(), more.get(), at);
      }
    }
  }

  private void lookup(String what, Lookup l, Place.Region box, Set<String> vars, Origin at) {
    operands.engine(what, at, Engine.TILE_DMA);
    var buffer = operands.tile(what, box, vars, at);
    var array = operands.arrays().get(l.array());
    Fault.structure(array != null, at, "%s: no array is named '%s'", what, l.array());
    Fault.structure(
        l.at().size() == array.rank(),
        at,
        "%s: array '%s' has rank %d, %d coordinates are given",
        what,
        l.array(),
        array.rank(),
        l.at().size());
    Fault.type(
        Lanes.Kind.of(array.type()) == Lanes.Kind.of(buffer.type()),
        at,
        "%s: array '%s' is %s, buffer '%s' is %s; cast on the vector unit",
        what,
        l.array(),
        array.type().label(),
        buffer.name(),
        buffer.type().label());
    for (Lookup.Coordinate c : l.at()) {
      coordinate(what, c, box.shape(), vars, at);
    }
    l.mask()
        .ifPresent(mask -> {
          var truth = operands.tile(what, mask, vars, at);
          Fault.type(
              truth.type() == DType.BOOL,
              at,
              "%s: the mask '%s' must be bool, was %s",
              what,
              truth.name(),
              truth.type().label());
          VectorVerifier.broadcast(what, mask, box.shape(), at);
        });
  }

  private void coordinate(
      String what, Lookup.Coordinate c, List<Integer> box, Set<String> vars, Origin at) {
    switch (c) {
      case Lookup.Table(var region) -> {
        var buffer = operands.tile(what, region, vars, at);
        Fault.type(
            buffer.type().isInteger(),
            at,
            "%s: the indices '%s' must be integers, were %s",
            what,
            buffer.name(),
            buffer.type().label());
        VectorVerifier.broadcast(what, region, box, at);
      }
      case Lookup.Run(var axis) -> {
        operands.expr(axis.start(), vars, at);
        axis.low().ifPresent(e -> operands.expr(e, vars, at));
        axis.high().ifPresent(e -> operands.expr(e, vars, at));
        int along = axis.along();
        Fault.structure(
            along == -1 && axis.extent() == 1
                || along >= 0 && along < box.size() && box.get(along) == axis.extent(),
            at,
            "%s: %d indices along dimension %d of a box %s",
            what,
            axis.extent(),
            along,
            box);
      }
    }
  }
}
